import { expect, test } from '@jest/globals';
import { assemblePlan } from '../../lib/plan/assemble.js';
import { defaults, sha256, ticket } from './tickets.js';

test('002-6.2 ten thousand tickets with fifty thousand dependencies are planned, in one chain through all of them', () => {
  const count = 10_000;
  const tickets = Array.from({ length: count }, (_, n) =>
    ticket(
      `T-${n}`,
      // Each waits for the one before it and for four others further back.
      { after: [1, 7, 77, 777, 7_777].flatMap((back) => (n >= back ? [`T-${n - back}`] : [])) },
    ),
  );
  const plan = assemblePlan({
    tickets,
    cpus: 8,
    hash: sha256,
    options: defaults,
  });
  expect(plan.counts.runnable).toBe(count);
  expect(plan.batches).toHaveLength(count);
  expect(plan.criticalPath).toHaveLength(count);
  expect(plan.cycles).toEqual([]);
});
