import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apply } from '../../lib/engine/apply.js';
import { stateOf } from '../../lib/engine/fresh-state.js';
import { decide } from '../../lib/engine/decide.js';
import type { RunEvent } from '../../lib/model/event.js';
import { ticketId } from '../../lib/model/ids.js';
import type { Intent } from '../../lib/model/intent.js';
import { checkInvariants } from '../conformance/journal-invariants.js';
import { chance, type Fate } from './fate.js';
import { planned, ticket } from './plans.js';
import { live } from './world.js';

const queueOf = (count: number) =>
  Array.from({ length: count }, (_, order) => ticket(`T-${order}`, { order }));

const changes = (events: readonly RunEvent[]) =>
  events.flatMap((event) =>
    event.type === 'run.limited' || event.type === 'run.relieved' ? [event.slots] : [],
  );

/** Agents whose calls (counted in the order of their ends) meet a rate limit; all else goes well. */
function limits(isLimited: (call: number) => boolean): Fate {
  let calls = 0;
  return {
    // 0.1: a failing agent met a rate limit; effects end in the order in which they began.
    random: () => 0.1,
    fails: ({ kind }: Intent) => kind === 'agent.run' && isLimited((calls += 1)),
  };
}

describe('slots', () => {
  test('002-7.2 whatever fails, they stay between one and what was asked for, change by one, and the run ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer(),
        fc.constantFrom(0, 0.05, 0.3, 1),
        fc.constantFrom(0, 0.05, 0.3, 1),
        fc.constantFrom(0, 1, 3),
        (count, slots, seed, agents, lanes, rateLimitRetries) => {
          const fate = chance(seed, { 'agent.run': agents, 'lane.prepare': lanes });
          const { events, state } = live(
            planned(queueOf(count), { slots, rateLimitRetries }),
            fate,
          );
          expect(checkInvariants(events)).toEqual([]);
          expect(state.finished).toBeDefined();
          const back = events.filter(({ type }) => type === 'run.relieved').length;
          // Each way back is twice as long as the one before: faults that come again cannot make it swing.
          expect(4 * (2 ** back - 1)).toBeLessThanOrEqual(
            events.filter(({ type }) => type === 'agent.finished').length,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test('002-10.2 one rate limit takes nothing away; two do, down to one', () => {
    expect(
      changes(
        live(
          planned(queueOf(9), { slots: 3 }),
          limits((n) => n === 2),
        ).events,
      ),
    ).toEqual([]);
    const { events, state } = live(
      planned(queueOf(9), { slots: 3 }),
      limits((n) => n <= 4),
    );
    expect(changes(events)).toEqual([2, 1]);
    expect(state.limited[0]).toMatchObject({
      code: 'agent/rate-limited',
      message: '2 agents within 10 minutes met a rate limit, the last: 429',
    });
    expect([...state.tickets.values()].filter(({ phase }) => phase === 'landed')).toHaveLength(5);
  });

  test('002-10.2 with one slot three in a row drain the run: the others stay pending', () => {
    const { state } = live(
      planned(queueOf(9), { slots: 1 }),
      limits(() => true),
    );
    expect(state.stop).toMatchObject({ mode: 'drain', failure: { code: 'agent/rate-limited' } });
    expect(state.started).toBe(3);
    const spread = live(
      planned(queueOf(9), { slots: 1 }),
      limits((n) => n % 3 !== 0),
    );
    expect(spread.state.stop).toBeUndefined();
  });

  test('002-10.1 with retries a refused ticket waits its turn behind those that were not, and is called so often and no more', () => {
    const refusedTwice = live(
      planned(queueOf(3), { slots: 1, rateLimitRetries: 2 }),
      limits((n) => n <= 2),
    );
    const order = refusedTwice.events.flatMap((event) =>
      event.type === 'attempt.started' ? [`${event.attempt} ${event.because}`] : [],
    );
    expect(order).toEqual([
      'T-0#1 first',
      'T-1#1 first',
      'T-2#1 first',
      'T-0#2 rate-limit',
      'T-1#2 rate-limit',
    ]);
    expect(refusedTwice.state.finished).toMatchObject({ exitCode: 0 });

    const oftenRefused = live(
      planned(queueOf(2), { slots: 1, rateLimitRetries: 1 }),
      limits((n) => n !== 2),
    );
    // Refused, fine, refused again: that was the one time more.
    expect(oftenRefused.events.filter(({ type }) => type === 'agent.called')).toHaveLength(3);
    expect(oftenRefused.state.tickets.get(ticketId('T-0'))).toMatchObject({
      phase: 'deferred',
      attempts: 2,
      failure: { code: 'agent/rate-limited' },
    });
  });

  test('a slot comes back when agents end well, for a rate limit not before ten minutes', () => {
    const { events } = live(
      planned(queueOf(200), { slots: 2 }),
      limits((n) => n <= 2),
    );
    expect(changes(events)).toEqual([1, 2]);
    const [taken, back] = events.filter(({ type }) => /^run\.(limited|relieved)$/.test(type));
    expect(Date.parse(back!.at) - Date.parse(taken!.at)).toBeGreaterThanOrEqual(10 * 60_000);
  });

  test('a resumed run starts with all slots again', () => {
    const plan = planned(queueOf(2), { slots: 3 });
    const state = stateOf(plan, AT);
    const record = recorder(state);
    record(plan);
    record({ type: 'run.limited', slots: 2, failure: { code: 'lane/not-created', message: 'no' } });
    expect(state.slots).toBe(2);
    record({ type: 'run.resumed', by: 'test' });
    expect(state.slots).toBe(3);
  });

  test('003-7.8 a suspended run decides nothing more; who resumes it finds all that was open', () => {
    const plan = planned(queueOf(3), { slots: 2, hasChecks: false });
    const state = stateOf(plan, AT);
    const record = recorder(state);
    record(plan);
    for (let next = decide(state, 0); next; next = decide(state, 0)) record(next);
    const open = [...state.open.keys()];
    const failure = { code: 'disk/full', message: 'no room' } as const;
    record({ type: 'run.suspended', failure });
    expect(decide(state, 0)).toBeUndefined();
    expect([...state.open.keys()]).toEqual(open);
    record({ type: 'run.resumed', by: 'test' });
    expect(state.suspended).toBeUndefined();
    expect([...state.open.keys()]).toEqual(open);
  });
});

const AT = '2026-01-01T00:00:00.000Z';

function recorder(state: ReturnType<typeof stateOf>) {
  return (
    draft: Parameters<typeof apply>[1] extends infer Event ? Partial<Event> & object : never,
  ) => apply(state, { v: 2, seq: state.seq + 1, at: AT, ...draft } as RunEvent);
}
