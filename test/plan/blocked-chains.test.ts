import { describe, expect, test } from '@jest/globals';
import type { Blocker, Plan } from '../../lib/model/plan.js';
import { blockedChains } from '../../lib/plan/blocked-chains.js';

const planOf = (blockers: Readonly<Record<string, readonly Blocker[]>>) =>
  ({
    tickets: Object.entries(blockers).map(([id, blockedBy]) => ({ id, blockedBy })),
  }) as unknown as Plan;

describe('chains of blocked tickets', () => {
  test('lead from a ticket down to what has to change, nearest first', () => {
    const plan = planOf({
      FREE: [],
      A: [{ id: 'GHOST', why: 'missing' }],
      B: [{ id: 'A', why: 'blocked' }],
      C: [{ id: 'B', why: 'blocked' }],
    });
    expect(blockedChains(plan)).toEqual([
      { id: 'A', by: ['GHOST'] },
      { id: 'B', by: ['A', 'GHOST'] },
      { id: 'C', by: ['B', 'A', 'GHOST'] },
    ]);
  });

  test('end when a circle closes', () => {
    const plan = planOf({ A: [{ id: 'B', why: 'cycle' }], B: [{ id: 'A', why: 'cycle' }] });
    expect(blockedChains(plan)).toEqual([
      { id: 'A', by: ['B', 'A'] },
      { id: 'B', by: ['A', 'B'] },
    ]);
  });
});
