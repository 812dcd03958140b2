import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../lib/model/plan.js';
import { ticketId } from '../../lib/model/ids.js';
import type { Ticket } from '../../lib/model/ticket.js';
import { explain } from '../../lib/plan/explain.js';
import { planOf, ticket } from './tickets.js';

const tickets = [
  ticket('A-0', { state: 'COMPLETED' }),
  ticket('A-1', { after: ['A-0'], files: ['x'] }),
  ticket('A-2', { after: ['A-1'], priority: 0 }),
  ticket('B-1', { state: 'DEFERRED', deferReason: 'no key' }),
  ticket('B-2', { after: ['B-1', 'GONE-1', 'A-0'] }),
  ticket('B-3', { after: ['B-2', 'A-2'] }),
  ticket('C-1', { files: ['x'] }),
  ticket('E-1', { children: ['E-2', 'E-3'] }),
  ticket('E-2', { state: 'COMPLETED' }),
  ticket('E-3', { after: ['E-1'] }),
  ticket('H-1', { isHistory: true, type: 'legacy' }),
  ticket('P-1', { state: 'IN_PROGRESS' }),
];

function told(id: string, plan: Plan = planOf(tickets), list: readonly Ticket[] = tickets) {
  const result = explain(plan, list, id);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

describe('an explanation', () => {
  test('of a ready ticket: place in the order, why there, who waits, conflicts', () => {
    expect(told('A-1')).toMatchObject({
      standing: 'ready',
      blocking: [],
      satisfied: ['A-0'],
      steps: [],
      batch: 1,
      position: 1,
      of: 4,
      startsAtMinutes: 0,
      waitedForBy: ['A-2'],
      conflicts: [{ id: 'C-1', files: ['x'] }],
      isOnCriticalPath: true,
      reasons: [
        'it is on the critical path: every delay of it delays the end',
        'it is P2 but goes as P0, because A-2 waits for it',
        'it and what waits for it take 16 min one after the other',
        'it declares files of C-1: never in one batch',
      ],
    });
  });

  test('of a ticket that this run unblocks itself', () => {
    expect(told('A-2')).toMatchObject({
      standing: 'waiting',
      blocking: [{ id: 'A-1', state: 'UNPROCESSED', why: 'open', batch: 1 }],
      steps: ['A-1 lands (batch 1 of this plan)'],
    });
  });

  test('of a blocked one: what blocks, the chain to its roots, and the steps in order', () => {
    const { standing, blocking, satisfied, chain, steps, position } = told('B-3');
    expect(standing).toBe('blocked');
    expect(blocking.map(({ id, why }) => [id, why])).toEqual([
      ['B-2', 'blocked'],
      ['A-2', 'open'],
    ]);
    expect(chain.map(({ id, depth, isRoot }) => [id, depth, isRoot])).toEqual([
      ['B-2', 1, false],
      ['A-2', 1, false],
      ['B-1', 2, true],
      ['GONE-1', 2, true],
      ['A-1', 2, true],
    ]);
    expect(steps).toEqual([
      'Add GONE-1 to the index, or remove it from the dependencies that name it',
      'Solve why B-1 was DEFERRED (no key), set it to UNPROCESSED',
      'A-1 lands (batch 1 of this plan)',
      'A-2 lands (batch 3 of this plan)',
    ]);
    expect([satisfied, position]).toEqual([[], undefined]);
    expect(told('B-2').satisfied).toEqual(['A-0']);
  });

  test.each([
    ['A-0', 'completed', []],
    ['B-1', 'deferred', ['Solve why B-1 was DEFERRED (no key), set it to UNPROCESSED']],
    ['P-1', 'in-progress', ['Finish P-1, which is IN_PROGRESS, or set it to UNPROCESSED']],
    ['E-1', 'container', ['E-3 lands (batch 1 of this plan)']],
    ['H-1', 'history', ['Set H-1 to COMPLETED if it is done: a legacy ticket is never run']],
  ])('of %s, which is %s', (id, standing, steps) => {
    expect(told(id)).toMatchObject({ standing, steps });
  });

  test('names ignored ancestors, cycles, the selection and what is undelivered', () => {
    expect(told('E-3').ignored).toEqual(['E-1']);
    const ring = [ticket('R-1', { after: ['R-2'] }), ticket('R-2', { after: ['R-1'] })];
    expect(told('R-1', planOf(ring), ring).steps).toEqual([
      'Break the cycle: remove R-1 from what R-2 waits for',
      'Break the cycle: remove R-2 from what R-1 waits for',
    ]);
    const only = planOf(tickets, { only: [ticketId('A-2')] });
    expect(told('A-2', only).blocking).toMatchObject([{ id: 'A-1', why: 'not-selected' }]);
    expect(told('C-1', only).standing).toBe('not-selected');
    const undelivered = planOf(tickets, {}, { undelivered: new Set([ticketId('A-0')]) });
    expect(told('A-1', undelivered)).toMatchObject({
      standing: 'blocked',
      satisfied: [],
      steps: ['Deliver A-0: its work is not in the base of this run (`sage deliver`)'],
    });
  });

  test('of an unknown id fails and names the nearest', () => {
    expect(explain(planOf(tickets), tickets, 'a-11')).toEqual({
      ok: false,
      failure: {
        code: 'plan/unknown-ticket',
        message: 'The index has no ticket "a-11".',
        hint: 'Did you mean A-1 or A-0 or A-2?',
      },
    });
  });

  test('of a very long chain is cut, and says so', () => {
    const chain = Array.from({ length: 500 }, (_, index) =>
      ticket(`L-${index}`, index === 0 ? {} : { after: [`L-${index - 1}`] }),
    );
    const last = told('L-499', planOf(chain), chain);
    expect([last.chain.length, last.isChainCut, last.steps.length]).toEqual([200, true, 21]);
  });
});
