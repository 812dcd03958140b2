/** The lines of a text; a newline at its end opens no further one. */
export function lines(text) {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
