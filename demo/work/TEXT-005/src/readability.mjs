import { count } from './count.mjs';
import { sentences } from './sentences.mjs';

/** Words in a sentence, on average; 0 for a text without a sentence. */
export function readability(text) {
  const total = sentences(text).length;
  return total === 0 ? 0 : Math.round((count(text).words / total) * 10) / 10;
}
