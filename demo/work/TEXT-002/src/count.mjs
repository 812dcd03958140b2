import { words } from './words.mjs';

/** How many characters, words and different words a text has. */
export function count(text) {
  const all = words(text);
  return { characters: [...text].length, words: all.length, vocabulary: new Set(all).size };
}
