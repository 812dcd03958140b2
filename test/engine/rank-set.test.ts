import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRankSet } from '../../lib/engine/rank-set.js';

/** Some order of `size` nodes: node × step, modulo a prime above it. */
function orderOf(size: number, step: number) {
  const nodeAt = Int32Array.from(Array(size).keys()).sort(
    (left, right) => ((left * step) % 99_991) - ((right * step) % 99_991),
  );
  const rankOf = new Int32Array(size);
  for (const [rank, node] of nodeAt.entries()) rankOf[node] = rank;
  return { nodeAt, rankOf };
}

const instance = fc.record({
  size: fc.constantFrom(0, 1, 2, 31, 32, 33, 1_023, 1_024, 1_025, 40_000),
  step: fc.integer({ min: 1, max: 99_990 }),
  calls: fc.array(fc.option(fc.nat(), { freq: 2 }), { maxLength: 80 }),
});

describe('a set in the order of its ranks', () => {
  test('gives what was put in, each node once, the lowest rank first', () => {
    fc.assert(
      fc.property(instance, ({ size, step, calls }) => {
        const order = orderOf(size, step);
        const set = createRankSet(order);
        let model: number[] = [];
        for (const call of calls) {
          if (call === null) {
            expect(set.pop()).toBe(model.shift());
          } else if (size > 0) {
            set.push(call % size);
            model = [...new Set([...model, call % size])].sort(
              (left, right) => order.rankOf[left]! - order.rankOf[right]!,
            );
          }
          expect(set.peek()).toBe(model[0]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
