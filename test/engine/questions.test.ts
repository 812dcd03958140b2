import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SEND_BACKS } from '../../lib/engine/approval.js';
import { summarise } from '../../lib/engine/summarise.js';
import type { RunEvent } from '../../lib/model/event.js';
import { ticketId } from '../../lib/model/ids.js';
import type { Answer, Question } from '../../lib/model/question.js';
import type { RunTicket } from '../../lib/model/run.js';
import { checkInvariants } from '../conformance/journal-invariants.js';
import { chance, toldOf } from './fate.js';
import { planned, ticket } from './plans.js';
import { seeded } from './seeded.js';
import { live } from './world.js';

const all = (count: number, more: (at: number) => Partial<RunTicket> = () => ({})) =>
  Array.from({ length: count }, (_, at) => ticket(`T-${at}`, { order: at, ...more(at) }));

const asked = (events: readonly RunEvent[]): readonly Question[] =>
  events.flatMap((event) => (event.type === 'question.asked' ? [event.question] : []));

/** `start T-0`, `land T-0`, … in the order in which it was asked. */
const questions = (events: readonly RunEvent[]) =>
  asked(events).map(({ about, ticket: id }) => `${about} ${id}`);

const one = { slots: 1, requestedSlots: 'sequential', confirm: 'ticket' } as const;

describe('a run that asks its human', () => {
  test('asks before each ticket and, once it is built and green, before each landing; one after the other', () => {
    const { events, state } = live(planned(all(2), one), chance(1));
    expect(questions(events)).toEqual(['start T-0', 'land T-0', 'start T-1', 'land T-1']);
    expect(checkInvariants(events)).toEqual([]);
    expect(summarise(state).landed).toHaveLength(2);
    const green = events.findIndex(({ type }) => type === 'landing.verified');
    const land = events.findIndex(
      (e) => e.type === 'question.asked' && e.question.about === 'land',
    );
    expect(land).toBe(green + 1);
  });

  test('002-1.3 by component it asks once before the first ticket of each, and goes on with one before it asks for the next', () => {
    const tickets = all(4, (at) => ({ component: at % 2 === 0 ? 'A' : 'B' }));
    const { events, state } = live(planned(tickets, { ...one, confirm: 'component' }), chance(1));
    expect(asked(events)).toMatchObject([
      { about: 'start', ticket: 'T-0', component: 'A' },
      { about: 'start', ticket: 'T-1', component: 'B' },
    ]);
    const begun = events.flatMap((e) => (e.type === 'attempt.started' ? [e.ticket] : []));
    expect(begun).toEqual(['T-0', 'T-2', 'T-1', 'T-3']);
    expect(summarise(state).landed).toHaveLength(4);
  });

  test('what is sent back goes to the agent at once with the note and its earlier work, so often and no more', () => {
    const answers = ({ about }: Question): Answer =>
      about === 'start' ? { kind: 'go' } : { kind: 'send-back', note: 'rounder' };
    expect(() => live(planned(all(2), one), chance(1), { answers })).toThrow(/no answer/);
    let times = 0;
    const { events } = live(planned(all(2), one), chance(1), {
      answers: ({ about }) =>
        about === 'land' && (times += 1) <= SEND_BACKS
          ? { kind: 'send-back', note: 'rounder' }
          : { kind: 'go' },
    });
    const begun = events.flatMap((e) => (e.type === 'attempt.started' ? [e] : []));
    expect(begun.map(({ because }) => because)).toEqual([
      'first',
      ...Array.from({ length: SEND_BACKS }, () => 'review'),
      'first',
    ]);
    expect(begun[1]!.opens).toMatchObject({ kind: 'lane.prepare', earlier: 'work-T-0#1' });
    const calls = events.flatMap((e) => (e.type === 'agent.called' ? [e.opens] : []));
    expect(calls[1]).toMatchObject({
      ask: { kind: 'review', note: 'rounder', earlierWork: 'work-T-0#1', isInLane: false },
    });
    expect(questions(events).filter((word) => word === 'start T-0')).toHaveLength(1);
    expect(checkInvariants(events)).toEqual([]);
  });

  test('what is put off is DEFERRED with the reason, keeps its work, and keeps its dependents from starting', () => {
    const tickets = all(3, (at) => (at === 2 ? { dependsOn: [ticketId('T-0')], batch: 2 } : {}));
    const { events, state } = live(planned(tickets, one), chance(1), {
      answers: ({ about, ticket: id }) =>
        about === 'land' && id === 'T-0' ? { kind: 'defer', note: 'not yet' } : { kind: 'go' },
    });
    const { deferred, blocked, landed } = summarise(state);
    expect(deferred).toMatchObject([
      { id: 'T-0', reason: 'deferred (test): not yet', kept: 'refs/sage/kept/T-0#1' },
    ]);
    expect(blocked).toMatchObject([{ id: 'T-2', by: ['T-0'] }]);
    expect(landed.map(({ id }) => id)).toEqual(['T-1']);
    expect([checkInvariants(events), state.finished?.exitCode]).toEqual([[], 1]);
  });

  test('a component that is put off stays UNPROCESSED, all of it', () => {
    const tickets = all(4, (at) => ({ component: at < 2 ? 'A' : 'B' }));
    const { state } = live(planned(tickets, { ...one, confirm: 'component' }), chance(1), {
      answers: (question) =>
        question.about === 'start' && question.component === 'A'
          ? { kind: 'defer' }
          : { kind: 'go' },
    });
    const { pending, landed } = summarise(state);
    expect(pending).toEqual([
      { id: 'T-0', why: 'cancelled by test, with its component' },
      { id: 'T-1', why: 'cancelled by test, with its component' },
    ]);
    expect(landed.map(({ id }) => id)).toEqual(['T-2', 'T-3']);
  });

  test.each(['start', 'land'] as const)('stop before a %s ends the run, with 0', (where) => {
    const { events, state } = live(planned(all(2), one), chance(1), {
      answers: ({ about }) => (about === where ? { kind: 'stop' } : { kind: 'go' }),
    });
    expect(summarise(state)).toMatchObject({ landed: [], exitCode: 0, deferred: [] });
    expect(questions(events).at(-1)).toBe(`${where} T-0`);
    expect(checkInvariants(events)).toEqual([]);
  });

  test('a drain takes a question about a start back, and waits for one about a landing', () => {
    for (const where of ['start', 'land'] as const) {
      let turns = 0;
      const { events, state } = live(planned(all(2), one), chance(1), {
        commands: () =>
          turns === 1 ? { type: 'run.stop-requested', mode: 'drain', by: 'test' } : undefined,
        answers: ({ about }) => (about !== where || (turns += 1) > 5 ? { kind: 'go' } : undefined),
      });
      expect(summarise(state).landed).toHaveLength(where === 'land' ? 1 : 0);
      const isWithdrawn = events.some(({ type }) => type === 'question.withdrawn');
      expect([isWithdrawn, checkInvariants(events)]).toEqual([where === 'start', []]);
    }
  });

  test('who goes on without wanting to be asked is not, and what was open is taken back', () => {
    let isDead = false;
    const { events, state } = live(planned(all(3), one), chance(1), {
      answers: () => undefined,
      resumedAs: 'nowhere',
      kills: (turn) => turn > 3 && !isDead && (isDead = true),
    });
    expect(questions(events)).toEqual(['start T-0']);
    expect(summarise(state).landed).toHaveLength(3);
    expect(checkInvariants(events)).toEqual([]);
  });

  test('002-12.3 whatever is answered, whatever fails, whenever it is killed, the journal obeys every rule', () => {
    const kinds = ['go', 'go', 'go', 'send-back', 'defer', 'stop'] as const;
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        fc.integer(),
        fc.constantFrom('ticket' as const, 'component' as const),
        fc.constantFrom('rolling' as const, 'batch' as const),
        fc.constantFrom('each' as const, 'tips' as const),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 }),
        fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
        fc.constantFrom(undefined, 'nowhere' as const, 'ticket' as const, 'component' as const),
        (
          rows,
          seed,
          confirm,
          schedule,
          landVerify,
          checkSlots,
          hasEpics,
          kills,
          stop,
          resumedAs,
        ) => {
          const random = seeded(seed);
          const tickets = all(rows.length, (at) => ({
            component: `C-${(rows[at] ?? 0) % 3}`,
            ...(hasEpics ? { epic: `E-${(rows[at] ?? 0) % 2}` } : {}),
            dependsOn: at > 0 && (rows[at] ?? 0) % 4 === 0 ? [ticketId(`T-${at - 1}`)] : [],
            batch: 1,
          }));
          tickets.forEach((one, at) => {
            const before = tickets.find(({ id }) => one.dependsOn.includes(id));
            tickets[at] = { ...one, batch: (before?.batch ?? 0) + 1 };
          });
          const { events, state } = live(
            // A run that was begun in parallel, and is gone on with by somebody who wants to be asked, has several slots.
            planned(tickets, {
              confirm,
              schedule,
              landVerify,
              checkSlots,
              slots: resumedAs ? 3 : 1,
            }),
            chance(seed, {
              'agent.run': 0.1,
              'checks.run': 0.1,
              'candidate.build': 0.1,
              'ref.move': 0.1,
            }),
            {
              kills: (turn) => kills.includes(turn),
              ...(resumedAs ? { resumedAs } : {}),
              commands: (turn) =>
                turn === stop
                  ? { type: 'run.stop-requested', mode: seed % 2 ? 'drain' : 'cancel', by: 'test' }
                  : undefined,
              answers: ({ about, ticket: id }) => {
                if (random() < 0.3) return undefined;
                const kind = kinds[Math.floor(random() * kinds.length)] ?? 'go';
                if (kind !== 'send-back') return { kind };
                const isMany = random() < 0.5 || hasEpics || id === '';
                return about === 'start' || isMany ? { kind: 'go' } : { kind, note: 'again' };
              },
            },
          );
          expect(checkInvariants(events)).toEqual([]);
          expect(toldOf(state)).toEqual(tickets.map(({ id }) => id as string).sort());
        },
      ),
      { numRuns: 600 },
    );
  });
});
