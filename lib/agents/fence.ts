import { createHash } from 'node:crypto';

/** Puts foreign text between two lines that it cannot contain. */
export type Fence = (label: string, text: string) => string;

/**
 * A fence for these texts: its lines hold a word derived from all of them, so that none of them can close it and go on
 * in our voice. The same texts get the same fence.
 */
export function fenceFor(texts: readonly string[]): Fence {
  let word = '';
  for (let turn = 0; word === '' || texts.some((text) => text.includes(word)); turn += 1) {
    const hash = createHash('sha256');
    for (const text of texts) hash.update(text).update('\0');
    word = hash.update(String(turn)).digest('hex').slice(0, 16);
  }
  return (label, text) => `<<<${word} ${label}\n${text}\n${word}>>>`;
}
