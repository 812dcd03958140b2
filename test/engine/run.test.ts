import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apply } from '../../lib/engine/apply.js';
import { eventsOf } from '../../lib/engine/commands.js';
import { decide } from '../../lib/engine/decide.js';
import { summarise } from '../../lib/engine/summarise.js';
import type { EventDraft, RunEvent } from '../../lib/model/event.js';
import type { Intent } from '../../lib/model/intent.js';
import type { RunTicket } from '../../lib/model/run.js';
import { ticketId } from '../../lib/model/ids.js';
import { foldJournal } from '../../lib/run/read-run.js';
import { checkInvariants } from '../conformance/journal-invariants.js';
import { chance, rates, toldOf } from './fate.js';
import { planned, script, ticket } from './plans.js';
import { seeded } from './seeded.js';
import { live } from './world.js';

const fair = (seed: number) => chance(seed);

/** A random DAG of tickets: each may wait for some of those before it. */
const queues = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 14 })
  .map((rows) => {
    const tickets: RunTicket[] = [];
    rows.forEach((picks, position) => {
      const dependsOn = [...new Set(picks.map((pick) => pick % Math.max(1, position)))]
        .filter(() => position > 0)
        .map((before) => ticketId(`T-${before}`));
      const batch =
        1 + Math.max(0, ...dependsOn.map((id) => tickets.find((other) => other.id === id)!.batch));
      const scripts = position % 3 === 0 ? [script] : [];
      tickets.push(ticket(`T-${position}`, { dependsOn, batch, order: position, scripts }));
    });
    return tickets;
  });

const isFix = (intent: Intent | undefined) =>
  intent?.kind === 'agent.run' && intent.ask.kind === 'fix';

describe('a run over an imagined world', () => {
  test('002-12.3 in any order of outcomes and with any faults the journal obeys every rule', () => {
    fc.assert(
      fc.property(
        queues,
        rates,
        fc.integer(),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('rolling' as const, 'batch' as const),
        fc.option(
          fc.record({
            turn: fc.integer({ min: 1, max: 60 }),
            mode: fc.constantFrom('drain' as const, 'cancel' as const),
          }),
          { nil: undefined },
        ),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('each' as const, 'tips' as const),
        fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 4 }),
        (tickets, failing, seed, slots, schedule, stop, checkSlots, landVerify, kills) => {
          const { events, state } = live(
            planned(tickets, {
              slots,
              schedule,
              checkSlots,
              landVerify,
              rateLimitRetries: seed % 3 === 0 ? 2 : 0,
            }),
            chance(seed, failing),
            {
              commands: (turn) =>
                turn === stop?.turn
                  ? { type: 'run.stop-requested', mode: stop.mode, by: 'test' }
                  : undefined,
              kills: (turn) => kills.includes(turn),
            },
          );
          expect(checkInvariants(events)).toEqual([]);
          expect(toldOf(state)).toEqual(tickets.map(({ id }) => id as string).sort());
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('tickets that are asked for again, at any time and cut off in between, obey every rule and end once', () => {
    fc.assert(
      fc.property(
        queues,
        rates,
        fc.integer(),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('rolling' as const, 'batch' as const),
        fc.array(fc.integer({ min: 5, max: 80 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 2 }),
        (tickets, failing, seed, slots, schedule, turns, kills) => {
          const { events, state } = live(
            planned(tickets, { slots, schedule }),
            chance(seed, failing),
            {
              commands: (turn, state) => {
                if (!turns.includes(turn)) return undefined;
                const lost = [...state.tickets.values()].find(({ phase }) => phase === 'deferred');
                const asked = lost ? [lost.ticket.id] : [];
                return eventsOf({ type: 'retry-tickets', tickets: asked, by: 'test' }, state)[0];
              },
              kills: (turn) => kills.includes(turn),
            },
          );
          expect(checkInvariants(events)).toEqual([]);
          expect(toldOf(state)).toEqual(tickets.map(({ id }) => id as string).sort());
        },
      ),
      { numRuns: 500 },
    );
  });

  test('without faults every ticket lands, whatever the graph', () => {
    fc.assert(
      fc.property(queues, fc.integer(), fc.integer({ min: 1, max: 8 }), (tickets, seed, slots) => {
        const { state } = live(planned(tickets, { slots }), fair(seed));
        expect(summarise(state).landed).toHaveLength(tickets.length);
        expect(state.finished?.exitCode).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('002-3.4 by batches nothing lands between the first start and the last end of a batch', () => {
    const tickets = [
      ticket('A'),
      ticket('B', { order: 1 }),
      ticket('C', { order: 2 }),
      ticket('D', { order: 3, batch: 2, dependsOn: [ticketId('A')] }),
    ];
    const { events } = live(planned(tickets, { schedule: 'batch' }), fair(7));
    const order = events.flatMap((event) =>
      event.type === 'attempt.started'
        ? ['start']
        : event.type === 'landing.landed'
          ? ['land']
          : [],
    );
    expect(order).toEqual(['start', 'start', 'start', 'land', 'land', 'land', 'start', 'land']);
  });

  test('002-3.6 a ticket starts as soon as what it waits for has landed', () => {
    const tickets = [
      ticket('A'),
      ticket('B', { order: 1, dependsOn: [ticketId('A')] }),
      ticket('C', { order: 2, dependsOn: [ticketId('A')] }),
      ticket('D', { order: 3, dependsOn: [ticketId('B'), ticketId('C')] }),
    ];
    const { events, state } = live(planned(tickets), fair(3));
    expect(checkInvariants(events)).toEqual([]);
    expect(summarise(state).landed.map(({ id }) => id)).toHaveLength(4);
  });

  test('a failed ticket does not stop its siblings; its dependents are blocked by it', () => {
    const tickets = [
      ticket('A'),
      ticket('B', { order: 1 }),
      ticket('C', { order: 2, dependsOn: [ticketId('A')] }),
      ticket('D', { order: 3, dependsOn: [ticketId('C')] }),
    ];
    const { state } = live(planned(tickets, { slots: 1 }), {
      random: seeded(5),
      fails: (intent) => intent.kind === 'work.harvest' && intent.ticket === 'A',
    });
    const summary = summarise(state);
    expect(summary.deferred.map(({ id, code }) => [id, code])).toEqual([['A', 'agent/no-work']]);
    expect(summary.landed.map(({ id }) => id)).toEqual(['B']);
    expect(summary.blocked).toEqual([
      { id: 'C', by: ['A'] },
      { id: 'D', by: ['C', 'A'] },
    ]);
  });

  test('a container completes with its last open child', () => {
    const { state } = live(
      planned([ticket('A'), ticket('B', { order: 1 })], {}, [
        { id: ticketId('E'), open: [ticketId('A'), ticketId('B')] },
        { id: ticketId('TOP'), open: [ticketId('E')] },
      ]),
      fair(1),
    );
    expect(state.completedContainers).toEqual(['E', 'TOP']);
  });

  test('a conflict sends the ticket to the agent once more, then it is deferred with the files named', () => {
    const { events, state } = live(planned([ticket('A')]), {
      random: () => 0.5,
      fails: (intent) => intent.kind === 'candidate.build',
    });
    expect(events.filter(({ type }) => type === 'attempt.started')).toHaveLength(2);
    const [deferred] = summarise(state).deferred;
    expect(deferred).toMatchObject({ id: 'A', code: 'land/conflict', next: 'sage rescue A' });
    expect(state.finished?.exitCode).toBe(1);
  });

  test('the cost limit stops new starts and ends with 4', () => {
    const tickets = ['A', 'B', 'C', 'D'].map((id, order) => ticket(id, { order }));
    const { state } = live(planned(tickets, { slots: 1, maxCostMicroUsd: 1 }), fair(2));
    expect(summarise(state)).toMatchObject({ exitCode: 4, stoppedBy: { by: 'budget' } });
    expect(summarise(state).landed).toHaveLength(1);
  });

  test('002-7.4 a run that was stopped, cut off in its ending and gone on with starts nothing past its last commit', () => {
    const tickets = ['A', 'B'].map((id, order) => ticket(id, { order }));
    const plan = planned(tickets, { slots: 1 });
    const { events } = live(plan, fair(2), {
      commands: (turn) =>
        turn === 3 ? { type: 'run.stop-requested', mode: 'drain', by: 'test' } : undefined,
    });
    const end = events.findIndex(({ type }) => type === 'bookkeeping.started');
    const cut = foldJournal(events.slice(0, end + 1))!;
    const at = cut.lastAt;
    apply(cut, { v: 2, seq: end + 2, at, type: 'run.resumed', by: 'test' });
    expect(cut.tickets.get(ticketId('B'))?.phase).toBe('waiting');
    expect([...cut.open.keys()]).toContain('bookkeeping');
    expect(decide(cut, Date.parse(at))).toBeUndefined();
  });

  test('002-7.4 a cut-off in a mending round asks for that round again, and counts no mending', () => {
    const script = {
      name: 'own',
      command: 'own',
      timeoutMs: 1000,
      retries: 0,
      autoFix: true,
      maxFixes: 1,
    };
    const plan = planned([ticket('A', { scripts: [script] })], { slots: 1 });
    // The first script is red, so the second call mends; it is the one that is cut off.
    let runs = 0;
    const { events } = live(plan, {
      ...fair(2),
      fails: ({ kind }) => kind === 'scripts.run' && ++runs === 1,
    });
    const second = events.findIndex(({ type, opens }) => type === 'agent.called' && isFix(opens));
    const cut = foldJournal(events.slice(0, second + 1))!;
    const lost = { kind: 'cancelled' } as const;
    let seq = second + 1;
    const go = (draft: EventDraft) => apply(cut, { v: 2, seq: ++seq, at: cut.lastAt, ...draft });
    const ended = events.find(({ type, opens }) => type === 'agent.finished' && !opens);
    if (ended?.type !== 'agent.finished') throw new Error('no agent ended');
    const attempt = ended.attempt;
    go({ type: 'run.resumed', by: 'test' });
    const closes = `agent/${attempt}/2`;
    go({
      type: 'agent.finished',
      attempt,
      round: 2,
      outcome: { ...ended.outcome, end: lost },
      closes,
    });
    const harvesting = decide(cut, Date.parse(cut.lastAt))!;
    expect(harvesting.type).toBe('harvest.started');
    go(harvesting);
    const found = events.find(({ type }) => type === 'work.harvested')!;
    go({ ...found, closes: harvesting.opens!.key });
    const again = decide(cut, Date.parse(cut.lastAt))!;
    expect(again).toMatchObject({
      type: 'agent.called',
      round: 3,
      opens: { ask: { kind: 'fix' } },
    });
    expect([...(cut.active.get(attempt)?.fixes ?? [])]).toEqual([]);
  });

  test('a harvest that fails by an outside fault gives the ticket back and drains the run', () => {
    const { events } = live(planned([ticket('A')]), fair(2));
    const at = events.findIndex(({ type }) => type === 'work.harvested');
    const state = foldJournal(events.slice(0, at))!;
    const { attempt, closes } = events[at] as Extract<RunEvent, { type: 'work.harvested' }>;
    const failure = { code: 'lane/not-harvested', message: 'git was killed' } as const;
    let seq = at;
    const go = (draft: EventDraft) =>
      apply(state, { v: 2, seq: ++seq, at: state.lastAt, ...draft });
    go({ type: 'work.harvested', attempt, failure, ...(closes ? { closes } : {}) });
    const told: string[] = [];
    for (let next = decide(state, 0); next; next = decide(state, 0)) {
      told.push(next.type);
      go(next);
    }
    expect(told).not.toContain('ticket.deferred');
    expect(told).toContain('run.stop-requested');
    expect(state.tickets.get(ticketId('A'))?.phase).toBe('waiting');
  });

  test('--limit starts so many tickets and no more', () => {
    const tickets = ['A', 'B', 'C', 'D'].map((id, order) => ticket(id, { order }));
    const { state } = live(planned(tickets, { limit: 2 }), fair(4));
    const summary = summarise(state);
    expect(summary.landed).toHaveLength(2);
    expect(summary.pending.map(({ why }) => why)).toEqual([
      '--limit is reached',
      '--limit is reached',
    ]);
    expect(summary.exitCode).toBe(0);
  });
});
