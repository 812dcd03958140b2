import { words } from './words.mjs';

/** The words of a text with their numbers, most frequent first, equals by alphabet. */
export function frequency(text) {
  const numbers = new Map();
  for (const word of words(text)) numbers.set(word, (numbers.get(word) ?? 0) + 1);
  return [...numbers].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
