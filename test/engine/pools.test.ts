import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { standingOf } from '../../lib/engine/status.js';
import { summarise } from '../../lib/engine/summarise.js';
import type { RunEvent } from '../../lib/model/event.js';
import type { FailureCode } from '../../lib/model/failure-table.js';
import type { CredentialPool } from '../../lib/model/run.js';
import { foldJournal } from '../../lib/run/read-run.js';
import { checkInvariants } from '../conformance/journal-invariants.js';
import { chance, rates, toldOf, type Nature } from './fate.js';
import { refused } from './imagined-agent.js';
import { planned, ticket } from './plans.js';
import { seeded } from './seeded.js';
import { live } from './world.js';

const queueOf = (count: number, agent: (order: number) => string = () => 'claude') =>
  Array.from({ length: count }, (_, order) => ticket(`T-${order}`, { order, agent: agent(order) }));

const poolOf = (
  keys: number,
  more: Partial<CredentialPool['keys'][number]> = {},
  waitMs = 30 * 60_000,
): CredentialPool => ({
  agent: 'claude',
  waitMs,
  keys: Array.from({ length: keys }, (_, index) => ({
    id: `key-${index + 1}`,
    maxConcurrent: 1,
    ...more,
  })),
});

/** Calls that the API refuses, by their number, in the order of their ends. */
const refusing = (
  code: FailureCode,
  isRefused: (call: number, credential?: string) => boolean,
  until?: string,
): Nature => {
  let calls = 0;
  return {
    refusal: ({ credential }) =>
      isRefused((calls += 1), credential) ? refused(code, until) : undefined,
  };
};

const only = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter(
    (event): event is Extract<RunEvent, { readonly type: Type }> => event.type === type,
  );

const leases = (events: readonly RunEvent[]) =>
  only(events, 'agent.called').map(({ opens }) =>
    opens?.kind === 'agent.run' ? opens.credential : undefined,
  );

/** The most attempts that were at work at once. */
function mostAtOnce(events: readonly RunEvent[]): number {
  let now = 0;
  let most = 0;
  for (const { type } of events) {
    if (type === 'attempt.started') most = Math.max(most, (now += 1));
    if (type === 'attempt.finished') now -= 1;
  }
  return most;
}

const CODES = [
  'agent/rate-limited',
  'agent/quota-gone',
  'agent/not-logged-in',
  'agent/forbidden',
  'agent/overloaded',
  'agent/unreachable',
] as const;

describe('keys', () => {
  test('003-6.7 003-7.5 003-9.1 X28 whatever the pools and whatever the API refuses, no key is held by more than it may be, and the run ends with a word on each ticket', () => {
    fc.assert(
      fc.property(
        fc.record({
          count: fc.integer({ min: 1, max: 12 }),
          slots: fc.integer({ min: 1, max: 5 }),
          keys: fc.integer({ min: 0, max: 3 }),
          maxConcurrent: fc.integer({ min: 1, max: 3 }),
          perMinute: fc.constantFrom(undefined, 1, 3),
          waitMs: fc.constantFrom(0, 90_000, 30 * 60_000),
          seed: fc.integer(),
          refusals: fc.constantFrom(0, 0.2, 0.6, 1),
          codes: fc.uniqueArray(fc.constantFrom(...CODES), { minLength: 1, maxLength: 3 }),
          hasOthers: fc.boolean(),
          schedule: fc.constantFrom('rolling' as const, 'batch' as const),
          kills: fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 3 }),
          stop: fc.constantFrom(undefined, 7, 30),
          failing: rates,
        }),
        (drawn) => {
          const { perMinute, maxConcurrent, codes } = drawn;
          const dice = seeded(drawn.seed ^ 0x5ca1e);
          const agents = ['claude', 'claude', 'other'];
          const tickets = queueOf(drawn.count, (order) =>
            drawn.hasOthers ? agents[order % 3]! : 'claude',
          );
          const more = { maxConcurrent, ...(perMinute === undefined ? {} : { perMinute }) };
          const { events, state } = live(
            planned(tickets, {
              slots: drawn.slots,
              schedule: drawn.schedule,
              pools: [poolOf(drawn.keys, more, drawn.waitMs)],
            }),
            chance(drawn.seed, drawn.failing),
            {
              nature: {
                refusal: () =>
                  dice() < drawn.refusals
                    ? refused(codes[Math.floor(dice() * codes.length)]!)
                    : undefined,
              },
              kills: (turn) => drawn.kills.includes(turn),
              commands: (turn) =>
                turn === drawn.stop
                  ? { type: 'run.stop-requested', mode: 'drain', by: 'test' }
                  : undefined,
            },
          );
          expect(checkInvariants(events)).toEqual([]);
          expect(toldOf(state)).toEqual(tickets.map(({ id }) => id as string).sort());
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('002-3.4 by batches nothing lands while tickets of the batch wait for a key, even with no agent at work', () => {
    const plan = planned(queueOf(3), {
      slots: 1,
      schedule: 'batch',
      pools: [poolOf(1, {}, 0)],
    });
    const nature = refusing('agent/rate-limited', (call) => call === 2 || call === 3);
    const { events, state } = live(plan, chance(3), { nature });
    expect(only(events, 'attempt.finished').some(({ result }) => result === 'waited')).toBe(true);
    expect(checkInvariants(events)).toEqual([]);
    expect(summarise(state).landed).toHaveLength(3);
  });

  test('003-6.7 X28 two keys, four workers: two at a time, in turn, none starves and all lands', () => {
    const plan = planned(queueOf(8), { slots: 4, pools: [poolOf(2)] });
    const { events, state } = live(plan, chance(3));
    expect(summarise(state)).toMatchObject({ exitCode: 0, deferred: [], pending: [] });
    expect(summarise(state).landed).toHaveLength(8);
    expect(mostAtOnce(events)).toBe(2);
    expect(leases(events).filter((key) => key === 'key-1').length).toBeGreaterThanOrEqual(3);
    expect(leases(events).filter((key) => key === 'key-2').length).toBeGreaterThanOrEqual(3);
  });

  test('003-3.5 X28 every start has a lease, taken before its slot is used, of the key that was used longest ago', () => {
    const plan = planned(queueOf(4), { slots: 1, pools: [poolOf(3)] });
    const { events } = live(plan, chance(3));
    expect(only(events, 'attempt.started').map(({ credential }) => credential)).toEqual([
      'key-1',
      'key-2',
      'key-3',
      'key-1',
    ]);
  });

  test('003-3.8 without a pool no event and no intent names a key', () => {
    const { events } = live(planned(queueOf(3), {}), chance(3));
    expect(JSON.stringify(events)).not.toMatch(/credential|keysMs/);
  });

  test('003-7.12 a ticket whose agent has no free key does not keep those of other agents from starting', () => {
    const plan = planned(
      queueOf(6, (order) => (order < 4 ? 'claude' : 'codex')),
      { slots: 3, pools: [poolOf(1)] },
    );
    const { events, state } = live(plan, chance(3));
    const started = only(events, 'attempt.started').map(({ ticket: id }) => id as string);
    expect(started.slice(0, 3)).toEqual(['T-0', 'T-4', 'T-5']);
    expect(state.finished?.exitCode).toBe(0);
  });

  test('003-7.12 003-7.11 003-8.5 one key for four slots: told once as in use, the parallelism that is left is shown, and the time is summed up', () => {
    const plan = planned(queueOf(4), { slots: 4, pools: [poolOf(1)] });
    const { events, state } = live(plan, chance(3));
    expect(mostAtOnce(events)).toBe(1);
    expect(only(events, 'credential.lacked')).toMatchObject([
      { agent: 'claude', why: { kind: 'exhausted', keys: ['key-1 is in use'] }, running: 1 },
    ]);
    const at = events.findIndex(({ type }) => type === 'credential.lacked');
    const then = standingOf(foldJournal(events.slice(0, at + 1))!);
    expect(then).toMatchObject({ slots: 4, atOnce: 1, credentials: [{ state: 'in-use' }] });
    expect(summarise(state).lost.keysMs).toBeGreaterThan(0);
  });

  test('003-7.10 X9 a limit in mid-run: the attempt keeps its lane, goes on with another key, and that is no retry', () => {
    const plan = planned(queueOf(1), { slots: 1, pools: [poolOf(2)] });
    const nature = refusing('agent/rate-limited', (call) => call === 1);
    const { events, state } = live(plan, chance(3), { nature });
    expect(leases(events)).toEqual(['key-1', 'key-2']);
    const asks = only(events, 'agent.called').map(({ opens }) =>
      opens?.kind === 'agent.run' ? opens.ask : undefined,
    );
    expect(asks).toEqual([{ kind: 'ticket' }, { kind: 'continue', asked: { kind: 'ticket' } }]);
    expect(only(events, 'attempt.started')).toHaveLength(1);
    expect(only(events, 'credential.cooled')).toMatchObject([{ credential: 'key-1' }]);
    expect(summarise(state)).toMatchObject({ exitCode: 0, landed: [{ attempts: 1 }] });
  });

  test('003-7.10 003-7.11 a key rests as long as the API told and is not handed out before; that is told otherwise than a key in use', () => {
    const plan = planned(queueOf(1), { slots: 1, pools: [poolOf(1, {}, 3 * 3600_000)] });
    const until = '2026-01-01T02:00:00.000Z';
    const nature = refusing('agent/rate-limited', (call) => call === 1, until);
    const { events, state } = live(plan, chance(3), { nature });
    expect(only(events, 'credential.cooled')).toMatchObject([{ until }]);
    expect(only(events, 'credential.awaited')).toMatchObject([
      {
        why: {
          kind: 'limited',
          keys: ['key-1 rests until 02:00:00 UTC (agent/rate-limited)'],
        },
      },
    ]);
    expect(only(events, 'agent.called').at(-1)!.at >= until).toBe(true);
    expect(summarise(state).exitCode).toBe(0);
  });

  test('003-7.10 where nothing is told the rest doubles from a minute to half an hour; a key that is refused eight times in a row is out', () => {
    const plan = planned(queueOf(2), { slots: 1, pools: [poolOf(1, {}, 24 * 3600_000)] });
    const { events, state } = live(plan, chance(3), {
      nature: refusing('agent/rate-limited', () => true),
    });
    const rests = only(events, 'credential.cooled').map(
      ({ at, until }) => (Date.parse(until) - Date.parse(at)) / 60_000,
    );
    expect(rests).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(only(events, 'credential.spent')).toHaveLength(1);
    expect(state.finished?.exitCode).toBe(4);
  });

  test('003-7.2 X28 an attempt that waits too long gives its lane up: its ticket waits on in the queue, is not lost, and lands', () => {
    const plan = planned(queueOf(1), { slots: 1, pools: [poolOf(1, {}, 60_000)] });
    const until = '2026-01-01T02:00:00.000Z';
    const nature = refusing('agent/rate-limited', (call) => call === 1, until);
    const { events, state } = live(plan, chance(3), { nature });
    expect(only(events, 'attempt.finished').map(({ result }) => result)).toEqual([
      'waited',
      'worked',
    ]);
    expect(only(events, 'attempt.started')[1]).toMatchObject({
      attempt: 'T-0#2',
      because: 'rate-limit',
    });
    expect(only(events, 'ticket.deferred')).toEqual([]);
    expect(summarise(state)).toMatchObject({ exitCode: 0, landed: [{ id: 'T-0' }] });
  });

  test.each(['agent/quota-gone', 'agent/not-logged-in', 'agent/forbidden'] as const)(
    '003-7.11 %s: that key is out for the run, its call goes on with the other; when both are, the run drains with 4 and names them',
    (code) => {
      const plan = planned(queueOf(5), { slots: 1, pools: [poolOf(2)] });
      const nature = refusing(code, (call) => call === 2 || call > 4);
      const { events, state } = live(plan, chance(3), { nature });
      expect(only(events, 'credential.spent').map(({ credential }) => credential)).toEqual([
        'key-2',
        'key-1',
      ]);
      const summary = summarise(state);
      expect(summary).toMatchObject({ exitCode: 4, deferred: [] });
      expect(summary.stoppedBy).toMatchObject({
        by: 'credentials',
        failure: { code: 'agent/no-key', message: expect.stringMatching(/key-1.*key-2/) },
      });
      expect(summary.landed.length + summary.pending.length).toBe(5);
      expect(summary.landed.length).toBeGreaterThan(0);
    },
  );

  test('003-7.5 a pool without a key: nothing starts, the run ends with 4 and a report', () => {
    const { events, state } = live(planned(queueOf(3), { pools: [poolOf(0)] }), chance(3));
    expect(only(events, 'attempt.started')).toEqual([]);
    expect(summarise(state)).toMatchObject({
      exitCode: 4,
      stoppedBy: { failure: { message: 'the pool of claude has no key' } },
    });
    expect(summarise(state).pending).toHaveLength(3);
  });

  test('003-9.1 no more calls with a key in any minute than it may have, though slots and tickets are there', () => {
    const plan = planned(queueOf(9), {
      slots: 4,
      pools: [poolOf(1, { maxConcurrent: 4, perMinute: 2 })],
    });
    const { events, state } = live(plan, chance(11));
    expect(checkInvariants(events)).toEqual([]);
    expect(only(events, 'credential.cooled').length).toBeGreaterThan(0);
    expect(only(events, 'credential.cooled').every(({ failure }) => failure === undefined)).toBe(
      true,
    );
    expect(summarise(state).landed).toHaveLength(9);
  });

  test('003-7.13 a lease is what the journal says of attempts: who folds it after a kill knows them, and none outlives its attempt', () => {
    const plan = planned(queueOf(6), { slots: 3, pools: [poolOf(2)] });
    const { events, state } = live(plan, chance(5), { kills: (turn) => turn % 3 === 0 });
    expect(checkInvariants(events)).toEqual([]);
    expect(summarise(state).landed).toHaveLength(6);
    for (const [position] of events.entries()) {
      const folded = foldJournal(events.slice(0, position + 1))!;
      const held = [...folded.active.values()].map(({ credential }) => credential);
      expect(new Set(held).size).toBe(held.length);
    }
  });
});

describe('an agent without a pool', () => {
  test.each(['agent/quota-gone', 'agent/not-logged-in', 'agent/forbidden'] as const)(
    '003-7.11 %s stops the run after the first such call: nobody is blamed, the rest is pending, 4',
    (code) => {
      const { events, state } = live(planned(queueOf(5), { slots: 1 }), chance(3), {
        nature: refusing(code, () => true),
      });
      expect(only(events, 'agent.called')).toHaveLength(1);
      const summary = summarise(state);
      expect(summary).toMatchObject({ exitCode: 4, deferred: [], landed: [] });
      expect(summary.stoppedBy).toMatchObject({ by: 'credentials', failure: { code } });
      expect(summary.pending).toHaveLength(5);
    },
  );

  test('003-7.11 tickets of other agents go on, and the run ends when only its own are left', () => {
    const plan = planned(
      queueOf(6, (order) => (order % 2 === 0 ? 'claude' : 'codex')),
      { slots: 1 },
    );
    const { state } = live(plan, chance(3), {
      nature: {
        refusal: ({ ticket: id }) =>
          Number(id.slice(2)) % 2 === 0 ? refused('agent/quota-gone') : undefined,
      },
    });
    const summary = summarise(state);
    expect(summary.landed.map(({ id }) => id).sort()).toEqual(['T-1', 'T-3', 'T-5']);
    expect(summary.pending.map(({ id }) => id).sort()).toEqual(['T-0', 'T-2', 'T-4']);
    expect(summary.exitCode).toBe(4);
  });

  test('002-10.2 an API that cannot be reached takes slots away as a rate limit does, and says so', () => {
    const { state } = live(planned(queueOf(9), { slots: 3 }), chance(3), {
      nature: refusing('agent/unreachable', () => true),
    });
    expect(state.limited[0]?.message).toContain('could not reach their API');
    expect(state.stop).toMatchObject({ mode: 'drain', failure: { code: 'agent/unreachable' } });
    expect(summarise(state).exitCode).toBe(1);
  });
});
