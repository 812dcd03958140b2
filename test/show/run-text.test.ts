import { describe, expect, test } from '@jest/globals';
import { Chalk } from 'chalk';
import { summarise } from '../../lib/engine/summarise.js';
import { ticketId } from '../../lib/model/ids.js';
import { publicEventSchema } from '../../lib/model/public-event.js';
import { summarySchema } from '../../lib/model/summary.js';
import { clean } from '../../lib/show/clean.js';
import { duration } from '../../lib/show/duration.js';
import { eventLines } from '../../lib/show/event-lines.js';
import { publicEvent } from '../../lib/show/public-events.js';
import { summaryText } from '../../lib/show/summary-text.js';
import { stateOf } from '../../lib/engine/fresh-state.js';
import { apply } from '../../lib/engine/apply.js';
import type { RunEvent } from '../../lib/model/event.js';
import { chance } from '../engine/fate.js';
import { refused } from '../engine/imagined-agent.js';
import { planned, ticket } from '../engine/plans.js';
import { seeded } from '../engine/seeded.js';
import { live } from '../engine/world.js';

const paint = new Chalk({ level: 0 });

/** A run in which A fails, so that C is blocked, and B lands. */
const run = () =>
  live(
    planned(
      [
        ticket('A', { title: 'Fails \u001b[31mloudly\u001b[0m' }),
        ticket('B', { order: 1 }),
        ticket('C', { order: 2, dependsOn: [ticketId('A')] }),
      ],
      { slots: 1 },
    ),
    {
      random: seeded(3),
      fails: (intent) => intent.kind === 'work.harvest' && intent.ticket === 'A',
    },
  );

/** The states a reporter saw: each with its event already applied. */
function replay<T>(
  events: readonly RunEvent[],
  tell: (event: RunEvent, state: ReturnType<typeof stateOf>) => T,
) {
  const [first] = events;
  if (first?.type !== 'run.planned') throw new Error('no plan');
  const state = stateOf(first, first.at);
  return events.map((event) => {
    apply(state, event);
    return tell(event, state);
  });
}

describe('what a run shows', () => {
  test('002-3.2 a line for what matters, prefixed with its ticket, while the run goes on', () => {
    const lines = replay(run().events, (event, state) => eventLines(event, state, paint)).flat();
    expect(lines[0]).toMatch(
      /^run 20260101-000000-0000: 3 tickets, one at a time, lands on sage\//,
    );
    expect(lines).toContainEqual(expect.stringMatching(/^\[A\] started in lane-1: Fails loudly/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^\[A\] deferred: the agent ended without changing anything/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^\[B\] landed c-candid.* \(1 of 3\)$/));
    expect(lines.join('')).not.toContain('\u001b');
  });

  test('002-15.3 the summary lists landed, deferred with its command, blocked with its chain, and figures', () => {
    const text = summaryText(summarise(run().state), paint);
    expect(text).toContain('1 landed, 1 deferred, 1 blocked');
    expect(text).toMatch(/deferred A Fails loudly\n +the agent ended without changing anything/);
    expect(text).toContain('→ sage stream --explain A');
    expect(text).toContain('blocked  C waits for A');
    expect(text).toMatch(/took .* of tickets: \d+\.\d\d× as fast with 1 at once/);
    expect(text).toContain('strict batches would have taken about');
    expect(text).toContain('delivered: work now stands at');
  });

  test('002-9.3 speed-up is the sum of ticket times over wall time, utilisation busy slots over all', () => {
    const { state } = run();
    state.startedAt = '2026-01-01T00:00:00.000Z';
    state.finished = { exitCode: 0, at: '2026-01-01T00:10:00.000Z' };
    const minutes = (count: number) => count * 60_000;
    const [a, b, c] = [...state.tickets.values()];
    for (const entry of [a, b, c]) Object.assign(entry!.times, { attemptMs: 0, landingMs: 0 });
    Object.assign(a!.times, { attemptMs: minutes(6) });
    Object.assign(b!.times, { attemptMs: minutes(8), landingMs: minutes(1) });
    Object.assign(state.options, { slots: 2 });
    // 6 + 8 + 1 minutes of tickets in 10; 14 of 2 × 10 minutes of slots busy; no chain is longer than 9.
    expect(summarise(state)).toMatchObject({
      wallMs: minutes(10),
      sumMs: minutes(15),
      speedUp: 1.5,
      utilisation: 0.7,
      lowerBoundMs: minutes(9),
    });
  });

  test('events and summary of --json keep to their schemas', () => {
    const { events, state } = run();
    summarySchema.parse(summarise(state));
    const told = replay(events, publicEvent).filter((event) => event !== undefined);
    for (const event of told) publicEventSchema.parse(event);
    expect(told.map(({ type }) => type)).toEqual([
      'run.started',
      'base.checked',
      'ticket.started',
      'ticket.deferred',
      'ticket.started',
      'ticket.worked',
      'ticket.checking',
      'ticket.landed',
      'run.finished',
    ]);
  });

  test('each event that --json can tell is told by some run, by its schema', () => {
    const tickets = Array.from({ length: 6 }, (_, order) =>
      ticket(`T-${order}`, { order, conflictsWith: [] }),
    );
    const told = new Map<string, unknown>();
    const keys = ['key-1', 'key-2'].map((id) => ({ id, maxConcurrent: 1 }));
    const pools = [{ agent: 'test', keys, waitMs: 1_000 }];
    for (let seed = 0; seed < 70; seed += 1) {
      const hasKeys = seed >= 60;
      let calls = 0;
      const refusal = () => {
        calls += 1;
        if (!hasKeys || calls % 3 > 0) return undefined;
        return refused(calls === 9 ? 'agent/quota-gone' : 'agent/rate-limited');
      };
      const fate = chance(seed, { 'agent.run': 0.2, 'work.harvest': 0.1 });
      const plan = planned(tickets, {
        slots: 3,
        checkSlots: 2,
        rateLimitRetries: 1,
        ...(hasKeys ? { pools } : {}),
      });
      let looks = 0;
      const { events } = live(
        plan,
        { ...fate, ...(seed % 3 === 0 ? { brokenLane: 'check-1' } : {}) },
        {
          kills: (turn) => turn === 9,
          commands: (turn) =>
            turn === 3
              ? { type: 'run.paused', by: 'test' }
              : turn === 5
                ? { type: 'run.continued', by: 'test' }
                : turn === 30 && seed % 2 === 0
                  ? { type: 'run.stop-requested', mode: 'cancel', by: 'test' }
                  : undefined,
          nature: { refusal, collide: (one, other) => one < other && seed % 2 === 1 },
          target: () => ((looks += 1) < 3 ? undefined : `abcdef01234${seed % 2}`),
        },
      );
      for (const event of replay(events, publicEvent)) {
        if (event) told.set(event.type, publicEventSchema.parse(event));
      }
    }
    const limited = planned([ticket('T-0'), ticket('T-1')], { slots: 2, maxCostMicroUsd: 1_000 });
    const { events } = live(limited, chance(1), { nature: { steps: () => [900, 900] } });
    for (const event of replay(events, publicEvent)) {
      if (event) told.set(event.type, publicEventSchema.parse(event));
    }
    const all = publicEventSchema.options.map(({ shape }) => shape.type.value);
    // Disks, humans and those who ask for another try are not imagined there: test/e2e/user-degrade, step and retry have them.
    expect(all.filter((type) => !told.has(type))).toEqual([
      'run.suspended',
      'question.asked',
      'question.answered',
      'question.withdrawn',
      'ticket.retried',
    ]);
  });

  test('text from outside cannot steer a terminal', () => {
    expect(clean('a\u001b[2Jb\u001b]0;title\u0007c\u0000d\u009be\u202ef')).toBe('abcdef');
    expect(clean('one\r\ntwo\tthree')).toBe('one two three');
  });

  test.each([
    [0, '0.0 s'],
    [9_960, '9.9 s'],
    [59_999, '59 s'],
    [185_000, '3 min 05 s'],
    [4_800_000, '1 h 20 min'],
  ])('%d ms reads %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
