import { describe, expect, test } from '@jest/globals';
import { apply } from '../../lib/engine/apply.js';
import { stateOf } from '../../lib/engine/fresh-state.js';
import { summarise } from '../../lib/engine/summarise.js';
import type { RunEvent } from '../../lib/model/event.js';
import { ticketId } from '../../lib/model/ids.js';
import type { Fate } from './fate.js';
import { planned, ticket } from './plans.js';
import { live } from './world.js';

const fair: Fate = { random: () => 0.5, fails: () => false };

test('at --limit a ticket is tried again past a better one that was never started', () => {
  const first = ticket('FIRST', { inheritedPriority: 0 });
  const better = ticket('BETTER', {
    order: 2,
    priority: 0,
    inheritedPriority: 0,
    dependsOn: [ticketId('FIRST')],
  });
  const { state } = live(
    planned([first, ticket('RETRIED', { order: 1 }), better], { limit: 2, slots: 1 }),
    fair,
    { nature: { collide: (...both) => both.includes('RETRIED') && both.includes('FIRST') } },
  );
  const { landed, pending } = summarise(state);
  expect(landed.map(({ id, attempts }) => [id, attempts])).toEqual([
    ['FIRST', 1],
    ['RETRIED', 2],
  ]);
  expect(pending).toEqual([{ id: 'BETTER', why: '--limit is reached' }]);
});

describe('what the other schedule would have taken', () => {
  test('by batches: the attempts side by side, then the landings one after the other', () => {
    const tickets = ['A', 'B', 'C', 'D'].map((id, order) => ticket(id, { order }));
    const { state } = live(planned(tickets, { slots: 4 }), fair);
    const entries = [...state.tickets.values()];
    const longest = Math.max(...entries.map(({ times }) => times.attemptMs));
    const landing = entries.reduce((sum, { times }) => sum + times.landingMs, 0);
    expect(landing).toBeGreaterThan(0);
    expect(summarise(state).otherSchedule).toEqual({ schedule: 'batch', ms: longest + landing });
  });
});

test('the time between a kill and the next start counts neither as work nor as waiting', () => {
  const plan = planned(
    ['A', 'B', 'C'].map((id, order) => ticket(id, { order })),
    { slots: 2 },
  );
  const { events } = live(plan, fair);
  const cut = events.findIndex(({ type }) => type === 'landing.moving');
  const HOURS_8 = 8 * 3_600_000;
  const later = ({ at, ...event }: RunEvent) =>
    ({ ...event, at: new Date(Date.parse(at) + HOURS_8).toISOString() }) as RunEvent;
  const resumed = [
    ...events.slice(0, cut),
    later({ ...(events[cut - 1] as RunEvent), type: 'run.resumed', by: 'test' }),
    ...events.slice(cut).map(later),
  ];
  const summary = (of: readonly RunEvent[]) => {
    const state = stateOf(plan, of[0]?.at ?? '');
    for (const { opens, closes, ...event } of of) {
      const bare = event as RunEvent;
      apply(state, bare.type === 'run.resumed' ? bare : ({ ...bare, opens, closes } as RunEvent));
    }
    return summarise(state);
  };
  expect(summary(resumed)).toEqual(summary(events));
});
