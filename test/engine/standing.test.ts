import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apply } from '../../lib/engine/apply.js';
import { stateOf } from '../../lib/engine/fresh-state.js';
import { countTickets } from '../../lib/engine/standing.js';
import type { RunState } from '../../lib/engine/state.js';
import { standingOf } from '../../lib/engine/status.js';
import { summarise } from '../../lib/engine/summarise.js';
import { ticketId, type TicketId } from '../../lib/model/ids.js';
import type { RunOptions } from '../../lib/model/run.js';
import { chance } from './fate.js';
import { planned, ticket } from './plans.js';
import { live } from './world.js';

const id = ticketId;
/** Two batches without a dependency between them, and two that wait for tickets. */
const QUEUE = [
  ticket('A'),
  ticket('B', { order: 1 }),
  ticket('C', { order: 2, batch: 2 }),
  ticket('D', { order: 3, batch: 2 }),
  ticket('E', { order: 4, batch: 2, dependsOn: [id('A')] }),
  ticket('F', { order: 5, batch: 3, dependsOn: [id('E'), id('B')] }),
];

/** Runs of these, in which agents fail now and then, up to one of their events. */
const moments = fc
  .record({
    schedule: fc.constantFrom('rolling' as const, 'batch' as const),
    seed: fc.integer(),
    failing: fc.constantFrom(0, 0.4),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ schedule, seed, failing, share }) => {
    const options: Partial<RunOptions> = { slots: 2, schedule };
    const blocked = [{ id: id('X'), by: [id('Y')] }];
    const plan = { ...planned(QUEUE, options), blocked };
    const { events } = live(plan, chance(seed, { 'agent.run': failing }));
    const state = stateOf(plan, events[0]!.at);
    for (const event of events.slice(0, Math.max(1, Math.floor(events.length * share))))
      apply(state, event);
    return state;
  });

/** Whom the queue would start one after the other if slots were free and nobody else ended. */
function startable({ queue }: RunState): readonly TicketId[] {
  const found = new Set<TicketId>();
  for (;;) {
    const next = queue.next({ nowMinutes: 0, isExcluded: (one) => found.has(one) });
    if (next === undefined) return [...found];
    found.add(next.ticket);
  }
}

test('every ticket that was asked for is counted once, with those that could not start from the beginning', () => {
  fc.assert(
    fc.property(moments, (state) => {
      const { total, ...counts } = countTickets(state);
      const sum = Object.values(counts).reduce((one, other) => one + other, 0);
      expect([total, sum]).toEqual([QUEUE.length + 1, QUEUE.length + 1]);
      expect(standingOf(state).counts).toEqual({ total, ...counts });
    }),
    { numRuns: 200 },
  );
});

test('ready is who could start when a slot is free, whatever the schedule', () => {
  fc.assert(
    fc.property(moments, (state) => {
      expect(countTickets(state).ready).toBe(startable(state).length);
    }),
    { numRuns: 200 },
  );
});

test('who only waits for the batch before is not ready', () => {
  const ready = (schedule: RunOptions['schedule']) => {
    const plan = planned(QUEUE, { schedule });
    return countTickets(stateOf(plan, '2026-01-01T00:00:00.000Z'));
  };
  expect(ready('rolling')).toMatchObject({ ready: 4, waiting: 2 });
  expect(ready('batch')).toMatchObject({ ready: 2, waiting: 4 });
});

test('the summary names the same tickets as blocked that are counted so, with the way to what did not land', () => {
  fc.assert(
    fc.property(moments, (state) => {
      const { blocked, pending, deferred, landed } = summarise(state);
      expect(blocked).toHaveLength(countTickets(state).blocked);
      for (const { id: one, by } of blocked)
        expect(one === 'X' ? 'deferred' : state.tickets.get(by.at(-1) as TicketId)?.phase).toBe(
          'deferred',
        );
      const all = [...blocked, ...pending, ...deferred, ...landed].map((one) => one.id);
      expect(all.sort()).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'X']);
    }),
    { numRuns: 200 },
  );
});
