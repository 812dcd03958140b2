const NOTE =
  'In all of this text an at sign has a backslash before it, which does not belong to it: read and write it without.';

/**
 * A prompt in which no `@word` names a file. The CLI looks for a file of that name anywhere in the lane, puts its content
 * into the prompt and its path in the place of the word: of a decorator, a test's annotation, an address.
 */
export function literalPrompt(prompt: string): string {
  const literal = prompt.replace(/(?<!\\)@/g, '\\@');
  return literal === prompt ? prompt : `${NOTE}\n\n${literal}`;
}
