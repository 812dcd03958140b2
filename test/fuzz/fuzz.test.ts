import { describe, expect, test } from '@jest/globals';
import { fuzz, replayCorpus, targets } from './fuzz.js';

const RUNS = 300;

describe.each(targets)('reading a mutated $name', (target) => {
  test('003-7.6 it is read right or refused in words; it never throws', () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const found = fuzz(target, seed);
      if (found)
        throw new Error(`${found.from}: ${found.faults.join('\n')}\n${found.input.toString()}`);
    }
  });

  test('what was found once stays mended', () => {
    const { found, count } = replayCorpus(target);
    expect(found.map(({ from, faults }) => [from, faults])).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });
});
