/** The words of a text, lower case, in order. */
export function words(text) {
  return text.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*/gu) ?? [];
}
