import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ticketId } from '../../lib/model/ids.js';
import type { Ticket } from '../../lib/model/ticket.js';
import { planned, planOf, ticket } from './tickets.js';

const blockedBy = (
  tickets: Ticket[],
  id: string,
  ...rest: Parameters<typeof planOf> extends [unknown, ...infer Rest] ? Rest : never
) => planned(planOf(tickets, ...rest), id).blockedBy;

describe('what satisfies a dependency', () => {
  test('002-2.6 only COMPLETED does; DEFERRED, IN_PROGRESS and history block, with the reason', () => {
    const tickets = [
      ticket('A-1', { state: 'COMPLETED' }),
      ticket('A-2', { state: 'DEFERRED', deferReason: 'no key' }),
      ticket('A-3', { state: 'IN_PROGRESS' }),
      ticket('A-4', { type: 'legacy', isHistory: true }),
      ticket('A-5', { type: 'lightweight', isHistory: true, state: 'COMPLETED' }),
      ticket('B-1', { after: ['A-1'] }),
      ticket('B-2', { after: ['A-2'] }),
      ticket('B-3', { after: ['A-3'] }),
      ticket('B-4', { after: ['A-4'] }),
      ticket('B-5', { after: ['A-5'] }),
    ];
    const plan = planOf(tickets);
    expect(plan.batches).toEqual([['B-1', 'B-5']]);
    expect(plan.tickets.map(({ blockedBy: by }) => by)).toEqual([
      [],
      [{ id: 'A-2', why: 'deferred' }],
      [{ id: 'A-3', why: 'in-progress' }],
      [{ id: 'A-4', why: 'history' }],
      [],
    ]);
    expect(plan.counts).toEqual({ total: 10, completed: 2, open: 5, runnable: 2, blocked: 3 });
    expect(plan.refused).toEqual([
      { id: 'A-2', reason: 'is DEFERRED (no key); set it to UNPROCESSED to try again' },
      {
        id: 'A-3',
        reason: 'is IN_PROGRESS and not by this run; set it to UNPROCESSED if nobody works on it',
      },
    ]);
  });

  test('002-2.5 an unknown id blocks its ticket and what is behind it by name, and others run', () => {
    const plan = planOf([
      ticket('A-1', { after: ['GONE-1'] }),
      ticket('A-2', { after: ['A-1'] }),
      ticket('A-3'),
    ]);
    expect(plan.batches).toEqual([['A-3']]);
    expect(planned(plan, 'A-1').blockedBy).toEqual([{ id: 'GONE-1', why: 'missing' }]);
    expect(planned(plan, 'A-2').blockedBy).toEqual([{ id: 'A-1', why: 'blocked' }]);
    expect(plan.refused).toEqual([
      { id: 'A-1', reason: 'depends on GONE-1, which the index does not have' },
    ]);
  });

  test('completed work that the base lacks satisfies nothing', () => {
    const tickets = [ticket('A-1', { state: 'COMPLETED' }), ticket('A-2', { after: ['A-1'] })];
    const undelivered = new Set([ticketId('A-1')]);
    expect(blockedBy(tickets, 'A-2', {}, { undelivered })).toEqual([
      { id: 'A-1', why: 'undelivered' },
    ]);
    expect(blockedBy(tickets, 'A-2')).toEqual([]);
  });

  test('`blocks` of another ticket counts like a dependency', () => {
    const plan = planOf([ticket('A-1'), ticket('A-2', { blocks: ['A-1'] })]);
    expect(plan.batches).toEqual([['A-2'], ['A-1']]);
    expect(planned(plan, 'A-1').dependsOn).toEqual(['A-2']);
  });
});

describe('cycles', () => {
  test('002-2.2 open tickets in a circle are refused with the path, what waits for them is blocked', () => {
    const plan = planOf([
      ticket('A-1', { after: ['A-3'] }),
      ticket('A-2', { after: ['A-1'] }),
      ticket('A-3', { after: ['A-2'] }),
      ticket('A-4', { after: ['A-3'] }),
      ticket('A-5', { after: ['A-5'] }),
      ticket('A-6'),
    ]);
    expect(plan.cycles).toEqual([['A-1', 'A-3', 'A-2'], ['A-5']]);
    expect(plan.refused).toEqual([
      { id: 'A-1', reason: 'waits for itself: A-1 → A-3 → A-2 → A-1' },
      { id: 'A-2', reason: 'waits for itself: A-1 → A-3 → A-2 → A-1' },
      { id: 'A-3', reason: 'waits for itself: A-1 → A-3 → A-2 → A-1' },
      { id: 'A-5', reason: 'depends on itself' },
    ]);
    expect(planned(plan, 'A-1').blockedBy).toEqual([{ id: 'A-3', why: 'cycle' }]);
    expect(planned(plan, 'A-4').blockedBy).toEqual([{ id: 'A-3', why: 'blocked' }]);
    expect(plan.batches).toEqual([['A-6']]);
  });

  test('002-2.9 a cycle only among finished tickets blocks nobody and is noted', () => {
    const plan = planOf([
      ticket('A-1', { state: 'COMPLETED', after: ['A-2'] }),
      ticket('A-2', { state: 'COMPLETED', after: ['A-1'] }),
      ticket('A-3', { after: ['A-2'] }),
    ]);
    expect(plan.cycles).toEqual([]);
    expect(plan.batches).toEqual([['A-3']]);
    expect(plan.notes).toEqual(['cycle among finished tickets, harmless: A-1 → A-2 → A-1']);
  });
});

describe('hierarchy', () => {
  const epic = [
    ticket('E-1', { children: ['E-2'], after: ['X-9'] }),
    ticket('E-2', { after: ['E-1'] }),
    ticket('E-3', { parent: 'E-1', after: ['E-1', 'E-2'] }),
    ticket('F-1', { after: ['E-1'] }),
    ticket('X-9'),
  ];

  test('D21 a ticket with children is not run, its children do not wait for it, others wait for them', () => {
    const plan = planOf(epic);
    expect(plan.containers).toEqual([{ id: 'E-1', children: ['E-2', 'E-3'] }]);
    expect(plan.batches).toEqual([['E-2', 'X-9'], ['E-3'], ['F-1']]);
    expect(planned(plan, 'F-1').dependsOn).toEqual(['E-2', 'E-3']);
    expect(plan.notes).toEqual([
      "2 dependencies on a ticket's own ancestor (E-1) ignored: it is complete only with its children",
      'E-1: tickets with children are not run, so their own dependencies hold nobody back',
    ]);
  });

  test('D21 literal: it runs like any other, before the children that depend on it', () => {
    const plan = planOf(epic, { hierarchy: 'literal' });
    expect(plan.containers).toEqual([]);
    expect(plan.batches).toEqual([['X-9'], ['E-1'], ['E-2', 'F-1'], ['E-3']]);
  });

  test('somebody else’s container satisfies when all below it is done, or when the index says it is', () => {
    const done = { state: 'COMPLETED' } as const;
    const children = [ticket('E-2', { parent: 'E-1', ...done }), ticket('F-1', { after: ['E-1'] })];
    expect(blockedBy([ticket('E-1'), ...children], 'F-1')).toEqual([]);
    const open = [
      ticket('E-1', done),
      ticket('E-2', { parent: 'E-1' }),
      ticket('F-1', { after: ['E-1'] }),
    ];
    expect(planned(planOf(open), 'F-1').dependsOn).toEqual([]);
  });

  test('a deferred part of a container blocks who waits for the container', () => {
    const tickets = [
      ticket('E-1', { children: ['E-2', 'E-3'] }),
      ticket('E-2', { state: 'DEFERRED' }),
      ticket('E-3'),
      ticket('F-1', { after: ['E-1'] }),
    ];
    expect(blockedBy(tickets, 'F-1')).toEqual([{ id: 'E-2', why: 'deferred' }]);
  });

  test('a deferred container puts off what is below it, at any depth', () => {
    const tickets = [
      ticket('E-1', { state: 'DEFERRED', children: ['E-2'] }),
      ticket('E-2', { children: ['E-3'] }),
      ticket('E-3'),
    ];
    expect(blockedBy(tickets, 'E-3')).toEqual([{ id: 'E-1', why: 'deferred' }]);
  });

  test('tickets that are only each other’s parents are ordinary tickets', () => {
    const plan = planOf([ticket('A-1', { parent: 'A-2' }), ticket('A-2', { parent: 'A-1' })]);
    expect(plan.batches).toEqual([['A-1', 'A-2']]);
  });
});

describe('selection', () => {
  test('what a selected ticket waits for must be done or selected', () => {
    const tickets = [ticket('A-1'), ticket('A-2', { after: ['A-1'] }), ticket('B-1')];
    const one = planOf(tickets, { only: [ticketId('A-2'), ticketId('NO-1')] });
    expect(one.tickets.map(({ id, blockedBy: by }) => [id, by])).toEqual([
      ['A-2', [{ id: 'A-1', why: 'not-selected' }]],
    ]);
    expect(one.notes).toEqual([
      '2 open tickets not selected',
      'selected, but not in the index: NO-1',
    ]);
    const component = planOf(tickets, { components: ['A'], limit: 1 });
    expect(component.batches).toEqual([['A-1'], ['A-2']]);
    expect(component.notes).toEqual([
      '1 open ticket not selected',
      'at most 1 ticket will be started (limit); the plan shows all',
    ]);
  });

  test('of two tickets with one id the first counts, and it is said', () => {
    const plan = planOf([ticket('A-1', { title: 'first' }), ticket('A-1', { title: 'second' })]);
    expect(plan.tickets.map(({ title }) => title)).toEqual(['first']);
    expect(plan.notes).toEqual(['more than one ticket has the id A-1; the first counts']);
  });
});

describe('batches', () => {
  test('002-2.7 tickets that declare a file of each other are not in one batch', () => {
    const plan = planOf([
      ticket('A-1', { files: ['src/a.ts'] }),
      ticket('A-2', { files: ['./src//a.ts'], priority: 0 }),
      ticket('A-3', { files: ['src/'] }),
      ticket('A-4', { files: ['src/b.ts'] }),
      ticket('A-5'),
    ]);
    expect(plan.batches).toEqual([['A-2', 'A-4', 'A-5'], ['A-1'], ['A-3']]);
    expect(planned(plan, 'A-3').conflictsWith).toEqual(['A-1', 'A-2', 'A-4']);
    expect(planned(plan, 'A-4').conflictsWith).toEqual(['A-3']);
  });

  test('a file declared by thousands makes no millions of pairs, and batches still keep them apart', () => {
    const tickets = Array.from({ length: 3000 }, (_, index) =>
      ticket(`A-${index}`, { files: ['package.json'] }),
    );
    const plan = planOf(tickets);
    expect(plan.batches.length).toBe(3000);
    expect(planned(plan, 'A-7').conflictsWith.length).toBe(200);
    expect(plan.notes.join()).toContain('package.json: declared by more than 200 tickets');
  });

  const anyTickets = fc
    .array(
      fc.record({
        after: fc.array(fc.nat(14), { maxLength: 3 }),
        state: fc.constantFrom<Ticket['state']>(
          'UNPROCESSED',
          'UNPROCESSED',
          'UNPROCESSED',
          'COMPLETED',
          'DEFERRED',
          'IN_PROGRESS',
        ),
        priority: fc.constantFrom<Ticket['priority']>(0, 1, 2, 3, 4),
        files: fc.subarray(['a', 'b', 'c', 'd/', 'd/e', 'd/f'], { maxLength: 2 }),
        parent: fc.option(fc.nat(14), { freq: 6 }),
        effortPoints: fc.constantFrom(1, 3, 8),
      }),
      { maxLength: 15 },
    )
    .map((drafts) =>
      drafts.map(({ after, parent, ...rest }, index) =>
        ticket(`T-${index}`, {
          ...rest,
          after: after.map((other) => `T-${other}`),
          ...(parent === null ? {} : { parent: `T-${parent}` }),
        }),
      ),
    );

  test('002-2.4 any index: a batch is an antichain without a conflict, behind what it waits for; all else is blocked for a reason', () => {
    fc.assert(
      fc.property(anyTickets, fc.constantFrom('containers', 'literal'), (tickets, hierarchy) => {
        const plan = planOf(tickets, { hierarchy });
        const byId = new Map(plan.tickets.map((one) => [one.id, one]));
        const waits = (from: string, to: string, seen = new Set<string>()): boolean =>
          byId
            .get(ticketId(from))!
            .dependsOn.some(
              (next) =>
                next === to ||
                (!seen.has(next) && byId.has(next) && waits(next, to, seen.add(next))),
            );
        expect(plan.batches.flat().sort()).toEqual(
          plan.tickets
            .filter(({ batch }) => batch !== undefined)
            .map(({ id }) => id)
            .sort(),
        );
        for (const [index, batch] of plan.batches.entries()) {
          for (const id of batch) {
            const one = byId.get(id)!;
            expect([one.batch, one.blockedBy]).toEqual([index + 1, []]);
            for (const other of one.dependsOn)
              expect(byId.get(other)!.batch).toBeLessThan(index + 1);
            for (const other of batch) {
              if (other === id) continue;
              expect(waits(id, other)).toBe(false);
              expect(one.conflictsWith).not.toContain(other);
              expect(clash(one.files, byId.get(other)!.files)).toBe(false);
            }
          }
        }
        for (const one of plan.tickets) {
          expect(one.batch === undefined).toBe(one.blockedBy.length > 0);
        }
        const containers = new Set<string>(plan.containers.map(({ id }) => id));
        const expected = tickets.filter(
          ({ id, state }) => state === 'UNPROCESSED' && !containers.has(id),
        );
        expect(plan.tickets.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        expect(new Set(plan.timeline.map((bar) => bar.ticket))).toEqual(
          new Set(plan.batches.flat()),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('same index, same options: the same plan; another index, another id', () => {
    fc.assert(
      fc.property(anyTickets, (tickets) => {
        expect(planOf(structuredClone(tickets))).toEqual(planOf(tickets));
        const more = planOf([...tickets, ticket('Z-1')]);
        expect(more.id).not.toBe(planOf(tickets).id);
      }),
      { numRuns: 100 },
    );
  });
});

/** Whether two lists of declared paths touch, by definition. */
function clash(left: readonly string[], right: readonly string[]): boolean {
  const touches = (one: string, other: string) =>
    one === other || (one.endsWith('/') && other.startsWith(one));
  return left.some((one) => right.some((other) => touches(one, other) || touches(other, one)));
}

describe('figures', () => {
  const chain = [
    ticket('A-1', { effortPoints: 3, priority: 3 }),
    ticket('A-2', { effortPoints: 3, after: ['A-1'], priority: 0 }),
    ticket('B-1', { effortPoints: 3 }),
    ticket('B-2', { effortPoints: 3 }),
  ];

  test('tails, inherited priority, critical path, bound and forecast fit together', () => {
    const plan = planOf(chain, { requestedSlots: 2 });
    expect(planned(plan, 'A-1')).toMatchObject({
      tailMinutes: 16,
      inheritedPriority: 0,
      estimateFrom: 'effort',
    });
    expect(plan.criticalPath).toEqual(['A-1', 'A-2']);
    expect(plan.lowerBoundMinutes).toBe(16);
    expect(plan.forecast.length).toBe(16);
    expect(
      plan.forecast.find(({ slots, schedule }) => slots === 2 && schedule === 'rolling'),
    ).toEqual({
      slots: 2,
      schedule: 'rolling',
      makespanMinutes: 16,
      utilisation: 1,
    });
    expect(plan.recommendedSlots).toBe(2);
    expect(plan.timeline[0]).toEqual({ ticket: 'A-1', slot: 1, startMinutes: 0, endMinutes: 8 });
  });

  test('002-19.2 components tell who can proceed side by side and who waits for whom', () => {
    const plan = planOf([
      ticket('API-1', { files: ['x'] }),
      ticket('WEB-1', { after: ['API-1'] }),
      ticket('DOC-1'),
      ticket('CLI-1', { files: ['x'] }),
    ]);
    expect(plan.components).toEqual([
      { name: 'API', tickets: ['API-1'], waitsFor: [], sharesFilesWith: ['CLI'], minutes: 8 },
      { name: 'WEB', tickets: ['WEB-1'], waitsFor: ['API'], sharesFilesWith: [], minutes: 8 },
      { name: 'DOC', tickets: ['DOC-1'], waitsFor: [], sharesFilesWith: [], minutes: 8 },
      { name: 'CLI', tickets: ['CLI-1'], waitsFor: [], sharesFilesWith: ['API'], minutes: 8 },
    ]);
  });

  test('an empty index gives an empty plan', () => {
    const plan = planOf([]);
    expect([plan.batches, plan.criticalPath, plan.timeline, plan.lowerBoundMinutes]).toEqual([
      [],
      [],
      [],
      0,
    ]);
    expect([plan.slots.slots, plan.recommendedSlots]).toEqual([4, 1]);
  });
});
