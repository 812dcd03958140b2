import { describe, expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { apply } from '../../../lib/engine/apply.js';
import { stateOf } from '../../../lib/engine/fresh-state.js';
import { remainingMinutes } from '../../../lib/engine/outlook.js';
import { countTickets } from '../../../lib/engine/standing.js';
import type { RunState } from '../../../lib/engine/state.js';
import type { EventDraft, RunEvent } from '../../../lib/model/event.js';
import type { FailureCode } from '../../../lib/model/failure-table.js';
import { ticketId } from '../../../lib/model/ids.js';
import { hear, nothingHeard, type Heard } from '../../../lib/show/live/heard.js';
import { liveLines } from '../../../lib/show/live/lines.js';
import { press } from '../../../lib/show/live/press.js';
import type { Screen, Seat } from '../../../lib/show/live/screen.js';
import { planned, ticket } from '../../engine/plans.js';
import { seeded } from '../../engine/seeded.js';
import { live } from '../../engine/world.js';

const TICKETS = [
  ticket('AUTH-1', {
    title: 'Login 会话 👩‍👩‍👧',
    files: ['src/a.ts'],
    conflictsWith: [ticketId('WEB-2')],
  }),
  ticket('WEB-2', { title: 'Start page '.repeat(20), files: ['src/a.ts'] }),
  ticket('A-VERY-LONG-COMPONENT-NAME-0003', { batch: 2, dependsOn: [ticketId('AUTH-1')] }),
  ticket('D-4', { batch: 2, dependsOn: [ticketId('WEB-2')] }),
  ticket('E-5', { batch: 3, dependsOn: [ticketId('D-4')] }),
  ticket('F-6', { batch: 1 }),
];

/** A run of these, some of which fail, up to one of its events. */
function moment(seed: number, share: number): { state: RunState; events: readonly RunEvent[] } {
  const random = seeded(seed);
  const { events } = live(planned(TICKETS, { slots: 3 }), {
    random,
    fails: (intent) =>
      intent.kind === 'work.harvest' && seed % 3 === 0 && intent.ticket === 'AUTH-1',
  });
  const first = events[0];
  if (first?.type !== 'run.planned') throw new Error('no plan');
  const until = Math.max(1, Math.floor(events.length * share));
  const state = stateOf(first, first.at);
  for (const event of events.slice(0, until)) apply(state, event);
  return { state, events: events.slice(0, until) };
}

function screenOf(state: RunState, more: Partial<Screen> = {}): Screen {
  const now = Date.parse(state.lastAt) + 65_000;
  const heard = new Map<string, Heard>();
  [...state.active.values()].forEach(({ address }, index) => {
    const said = hear(nothingHeard(now), { type: 'text', text: 'reads 会话 '.repeat(40) }, now);
    heard.set(
      address,
      index === 0
        ? hear(said, { type: 'waiting', reason: 'asks for permission: Bash' }, now)
        : said,
    );
  });
  return {
    ...{ state, heard, reasons: new Map(), now, paint: new Chalk({ level: 0 }) },
    ...{ size: { columns: 100, rows: 40 }, seat: { at: 'lanes' }, hasKeys: true, idWidth: 31 },
    ...more,
  };
}

const seats = fc.constantFrom<Seat>(
  { at: 'lanes' },
  { at: 'choice', of: 'explain', typed: 'WEB' },
  { at: 'choice', of: 'cancel', typed: '' },
  { at: 'question', wish: { type: 'cancel', ticket: ticketId('WEB-2') } },
  { at: 'log', attempt: 'AUTH-1#1', ticket: ticketId('AUTH-1') },
  { at: 'explanation', ticket: ticketId('E-5') },
);
const moments = fc.record({
  seed: fc.integer({ min: 1, max: 500 }),
  share: fc.double({ min: 0, max: 0.95, noNaN: true }),
});

describe('the lines of the live view', () => {
  test('002-9.1 at any moment, size and question no line is too wide and none too many', () => {
    fc.assert(
      fc.property(
        moments,
        seats,
        fc.integer({ min: 21, max: 220 }),
        fc.integer({ min: 3, max: 60 }),
        ({ seed, share }, seat, columns, rows) => {
          const { state } = moment(seed, share);
          const lines = liveLines(screenOf(state, { seat, size: { columns, rows } }));
          expect(lines.length).toBeGreaterThan(0);
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) expect(stringWidth(line)).toBeLessThan(Math.min(columns, 201));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('002-9.1 colour adds nothing: without it the very same words stand there', () => {
    fc.assert(
      fc.property(moments, seats, ({ seed, share }, seat) => {
        const { state } = moment(seed, share);
        const plain = liveLines(screenOf(state, { seat }));
        const coloured = liveLines(screenOf(state, { seat, paint: new Chalk({ level: 1 }) }));
        expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  });

  test('002-9.2 every ticket is counted once, wherever it stands', () => {
    fc.assert(
      fc.property(moments, ({ seed, share }) => {
        const { state } = moment(seed, share);
        const { total, ...counts } = countTickets(state);
        const sum = Object.values(counts).reduce((one, other) => one + other, 0);
        expect([sum, Math.min(...Object.values(counts)) >= 0]).toEqual([total, true]);
      }),
      { numRuns: 200 },
    );
  });

  test('002-7.2 002-10.2 it says how many slots are left, and why, until all are used again', () => {
    const { state } = moment(1, 0);
    const record = (draft: EventDraft) => {
      apply(state, { v: 2, seq: state.seq + 1, at: state.lastAt, ...draft });
    };
    const limited = (slots: number, code: FailureCode) => {
      record({ type: 'run.limited', slots, failure: { code, message: 'no' } });
    };
    const shown = () => liveLines(screenOf(state)).join('\n');
    expect(shown()).not.toContain('SLOWED DOWN');
    limited(2, 'agent/rate-limited');
    expect(shown()).toContain('SLOWED DOWN: slots 3 → 2: rate limited');
    expect(shown()).toContain('2 of 3 agents at once');
    limited(1, 'lane/not-created');
    expect(shown()).toContain('slots 3 → 1: lane/not-created');
    record({ type: 'run.relieved', slots: 2, why: 'calm' });
    record({ type: 'run.relieved', slots: 3, why: 'calm' });
    expect(shown()).not.toContain('SLOWED DOWN');
  });

  test('a lane keeps its row: busy lanes stand where their numbers are, free ones say why', () => {
    const { state } = moment(1, 0.1);
    const lines = liveLines(screenOf(state));
    for (const { lane, ticket: id } of state.active.values()) {
      const number = lane.replace('lane-', '');
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${number} ${id}`)));
    }
    expect(lines.filter((line) => /^[123] [A-Z–]/.test(line))).toHaveLength(3);
  });

  test('a free lane says that what is left waits exactly when something does', () => {
    const seen = new Set<number>();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 99 }),
        (seed, part) => {
          const { state } = moment(seed, part / 100);
          const free = liveLines(screenOf(state)).filter((line) => /^[123] – free/.test(line));
          const { waiting, ready } = countTickets(state);
          if (free.length === 0 || ready > 0 || state.ending !== 'no') return;
          seen.add(Math.min(1, waiting));
          const words = 'free; all that is left waits for something to land';
          expect(free.every((line) => line.endsWith(waiting > 0 ? words : '– free'))).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
    expect([...seen].sort()).toEqual([0, 1]);
  });

  test('an agent that says nothing is told to be quiet; what it waits for stands in plain sight', () => {
    const { state } = moment(2, 0.12);
    const [first] = state.active.values();
    if (!first) throw new Error('nobody works');
    const now = Date.parse(state.lastAt) + 600_000;
    expect(liveLines(screenOf(state, { now, heard: new Map() })).join('\n')).toContain(
      'quiet for 1',
    );
    expect(liveLines(screenOf(state)).join('\n')).toContain(`WAITING: ${first.ticket}`);
  });
});

describe('the time that is left', () => {
  test('it is the simulated rest at the pace so far, less what is done; nothing while paused', () => {
    const { state } = moment(1, 0);
    const at = state.startedAt;
    const whole = remainingMinutes(state, at);
    expect(whole).toBeGreaterThan(0);
    for (const entry of state.tickets.values()) {
      if (entry.ticket.id !== 'F-6') continue;
      entry.phase = 'landed';
      entry.times.attemptMs = entry.ticket.estimateMinutes * 60_000 * 3;
    }
    // One that took three times its estimate makes the rest twice as long: the plan's word counts as much.
    expect(remainingMinutes(state, at)).toBeCloseTo(2 * (whole ?? 0), 5);
    state.paused = 'sage pause';
    expect(remainingMinutes(state, at)).toBeUndefined();
  });

  test('what is blocked, and what no longer starts, takes no time', () => {
    const { state } = moment(1, 0);
    state.stop = { mode: 'drain', by: 'key d' };
    expect(remainingMinutes(state, state.startedAt)).toBe(0);
  });
});

describe('what an agent was heard to say', () => {
  test('waiting ends with the next words; a limit is waited out; usage adds up', () => {
    const start = nothingHeard(0);
    const asks = hear(start, { type: 'waiting', reason: 'asks\u001b[2J for it' }, 1);
    expect(asks).toMatchObject({ waiting: 'asks for it', at: 1 });
    expect(hear(asks, { type: 'tool', name: 'Edit', summary: 'a.ts' }, 2)).toEqual({
      ...{ at: 2, doing: 'Edit a.ts', tokens: 0, costMicroUsd: 0 },
      lines: ['WAITING asks for it', '> Edit a.ts'],
    });
    const limit = hear(start, { type: 'retrying', reason: 'rate_limit (429)', delayMs: 39_000 }, 3);
    expect(limit.waiting).toBe('rate_limit (429), tries again after 39 s');
    const used = hear(limit, { type: 'usage', usage: { inputTokens: 3, costMicroUsd: 5 } }, 4);
    expect(hear(used, { type: 'usage', usage: { outputTokens: 4 } }, 5)).toMatchObject({
      ...{ tokens: 7, costMicroUsd: 5 },
    });
  });

  test('only the latest lines are kept, each bounded', () => {
    let heard = nothingHeard(0);
    for (let index = 0; index < 500; index += 1) {
      heard = hear(heard, { type: 'text', text: `${index} ${'x'.repeat(2_000)}` }, index);
    }
    expect(heard.lines).toHaveLength(200);
    expect(heard.lines[0]?.startsWith('300 ')).toBe(true);
    expect(heard.lines.every((line) => line.length <= 500)).toBe(true);
  });
});

describe('keys', () => {
  const at = (seat: Seat, keys: readonly string[], share = 0.12) => {
    const { state } = moment(2, share);
    let pressed: ReturnType<typeof press> = { seat };
    for (const key of keys) pressed = press({ state, seat: pressed.seat }, key);
    return pressed;
  };
  const lanes: Seat = { at: 'lanes' };

  test.each<readonly [keys: readonly string[], wish: unknown]>([
    [['d', 'y'], { type: 'drain' }],
    [['d', 'x'], undefined],
    [['d', 'escape'], undefined],
    [['c', 'q'], undefined],
    [['c', 'y'], undefined],
    [['y'], undefined],
    [['z', '1', 'enter'], undefined],
  ])('%j', (keys, wish) => {
    expect(at(lanes, keys).wish).toEqual(wish);
  });

  test('c and a lane ask about its ticket, and y cancels it; a free lane is said to be free', () => {
    const asked = at(lanes, ['c', '1']);
    expect(asked.seat).toMatchObject({ at: 'question', wish: { type: 'cancel' } });
    expect(at(lanes, ['c', '1', 'y']).wish).toMatchObject({ type: 'cancel' });
    expect(at(lanes, ['c', '9']).seat).toMatchObject({ word: 'there is nobody in lane 9' });
  });

  test('e takes an id, whatever its case; backspace takes letters away; a wrong one is told with the nearest', () => {
    const typed = ['e', 'e', '-', '5', '5', 'backspace', 'enter'];
    expect(at(lanes, typed).seat).toEqual({ at: 'explanation', ticket: 'E-5' });
    expect(at(lanes, ['e', 'E', '-', '7', 'enter']).seat).toMatchObject({
      word: expect.stringMatching(/^no ticket E-7 in this run; /),
    });
  });
});
