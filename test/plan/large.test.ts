import { expect, test } from '@jest/globals';
import { oid, ticketId } from '../../lib/model/ids.js';
import type { Ticket } from '../../lib/model/ticket.js';
import { assemblePlan } from '../../lib/plan/assemble.js';

const bare = (id: string, dependencies: readonly string[]): Ticket => ({
  id: ticketId(id),
  title: id,
  state: 'UNPROCESSED',
  priority: 2,
  type: 'implementation',
  validationType: 'generic',
  description: '',
  acceptanceCriteria: [],
  dependencies: dependencies.map(ticketId),
  blocks: [],
  children: [],
  component: id.slice(0, 1),
  documents: [],
  files: [],
  subtasks: [],
  scripts: [],
  isHistory: false,
  where: { file: 'index.json' },
});

test('002-6.2 ten thousand tickets with fifty thousand dependencies are planned, in one chain through all of them', () => {
  const count = 10_000;
  const tickets = Array.from({ length: count }, (_, n) =>
    bare(
      `T-${n}`,
      // Each waits for the one before it and for four others further back.
      [1, 7, 77, 777, 7_777].flatMap((back) => (n >= back ? [`T-${n - back}`] : [])),
    ),
  );
  const plan = assemblePlan({
    tickets,
    cpus: 8,
    base: oid('b'),
    hash: (text) => String(text.length),
    options: {
      schedule: 'rolling',
      order: 'slack',
      conflictsRunning: 'prefer',
      hierarchy: 'containers',
      requestedSlots: 4,
    },
  });
  expect(plan.counts.runnable).toBe(count);
  expect(plan.batches).toHaveLength(count);
  expect(plan.criticalPath).toHaveLength(count);
  expect(plan.cycles).toEqual([]);
});
