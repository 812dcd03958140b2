import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueueTicket } from '../../lib/engine/queue-basis.js';
import { createQueue, type Queue, type QueueSettings } from '../../lib/engine/queue.js';
import { ticketId, type TicketId } from '../../lib/model/ids.js';
import { drawnQueue } from './drawn-queue.js';

const settings: QueueSettings = {
  slots: 2,
  schedule: 'rolling',
  order: 'slack',
  conflictsRunning: 'prefer',
};
const id = ticketId;

function ticket(name: string, more: Partial<QueueTicket> = {}): QueueTicket {
  return {
    id: id(name),
    dependsOn: [],
    conflictsWith: [],
    priority: 2,
    inheritedPriority: more.priority ?? 2,
    estimateMinutes: 10,
    tailMinutes: more.estimateMinutes ?? 10,
    batch: 1,
    order: Number(name.slice(1)),
    ...more,
  };
}

/** Starts everything that may start, never ending anything, and returns the order. */
function startAll(queue: Queue, nowMinutes = 0): string[] {
  const started: string[] = [];
  for (let next = queue.next({ nowMinutes }); next; next = queue.next({ nowMinutes })) {
    started.push(next.ticket);
    queue.start(next.ticket, nowMinutes);
  }
  return started;
}

describe('who goes first', () => {
  test('a ticket without slack goes before a more urgent one, and the reason says so', () => {
    const queue = createQueue(
      [
        ticket('T1', { priority: 0 }),
        ticket('T2', { tailMinutes: 60 }),
        ticket('T3', { dependsOn: [id('T2')], estimateMinutes: 50 }),
      ],
      settings,
    );
    expect(queue.next({ nowMinutes: 0 })).toEqual({
      ticket: 'T2',
      reason: 'no slack left, longest tail 60 min',
    });
  });

  test('with slack the inherited priority decides, then the tail, then file order', () => {
    const work = Array.from({ length: 8 }, (_, index) => ticket(`T${index + 10}`, { priority: 3 }));
    const queue = createQueue(
      [
        ticket('T1', { priority: 2, tailMinutes: 12 }),
        ticket('T2', { priority: 3, inheritedPriority: 1 }),
        ticket('T3', { priority: 1, tailMinutes: 15 }),
        ticket('T4', { priority: 2, tailMinutes: 12 }),
        ...work,
      ],
      settings,
    );
    const first = queue.next({ nowMinutes: 0 });
    expect(first).toEqual({ ticket: 'T3', reason: 'P1, longest tail 15 min' });
    queue.start(first!.ticket, 0);
    const second = queue.next({ nowMinutes: 0 });
    expect(second).toEqual({ ticket: 'T2', reason: 'P3, a P1 waits for it, longest tail 10 min' });
    expect(startAll(queue)).toEqual(['T2', 'T1', 'T4', ...work.map((one) => one.id)]);
  });

  test('002-2.8 order: priority is P0 to P4, then file order, whatever the tails', () => {
    const queue = createQueue(
      [
        ticket('T1', { priority: 2, tailMinutes: 99 }),
        ticket('T2', { priority: 0 }),
        ticket('T3', { priority: 1, inheritedPriority: 0 }),
        ticket('T4', { priority: 0 }),
      ],
      { ...settings, order: 'priority' },
    );
    expect(queue.next({ nowMinutes: 0 })?.reason).toBe('P0, then file order');
    expect(startAll(queue)).toEqual(['T2', 'T4', 'T3', 'T1']);
  });

  test('an excluded ticket is passed over, not waited for, and comes when it is not excluded', () => {
    const queue = createQueue([ticket('T1', { priority: 0 }), ticket('T2')], settings);
    const isExcluded = (ticket: TicketId) => ticket === 'T1';
    expect(queue.next({ nowMinutes: 0, isExcluded })?.ticket).toBe('T2');
    expect(queue.next({ nowMinutes: 0, isExcluded: () => true })).toBeUndefined();
    expect(queue.next({ nowMinutes: 0 })?.ticket).toBe('T1');
  });
});

describe('files in common', () => {
  const pair = (file: string) => [
    ticket('T1', { files: [file], priority: 0 }),
    ticket('T2', { files: [file], priority: 0 }),
    ticket('T3', { priority: 4 }),
  ];

  test('prefer: others go first, then the conflicting one starts anyway and says with whom', () => {
    const queue = createQueue(pair('src/a.ts'), settings);
    expect(startAll(queue)).toEqual(['T1', 'T3', 'T2']);
    const again = createQueue(pair('src/a.ts'), settings);
    again.start(id('T1'), 0);
    again.start(id('T3'), 0);
    expect(again.next({ nowMinutes: 0 })?.reason).toMatch(
      /^shares src\/a\.ts with T1, but nothing else is ready; /,
    );
  });

  test('exclude: the conflicting one waits until the other has landed, not only ended', () => {
    const queue = createQueue(pair('src/a.ts'), { ...settings, conflictsRunning: 'exclude' });
    expect(startAll(queue)).toEqual(['T1', 'T3']);
    queue.finish(id('T1'));
    expect(queue.next({ nowMinutes: 0 })).toBeUndefined();
    queue.settle(id('T1'));
    expect(startAll(queue)).toEqual(['T2']);
  });

  test('ignore: conflicts decide nothing', () => {
    const queue = createQueue(pair('src/a.ts'), { ...settings, conflictsRunning: 'ignore' });
    expect(startAll(queue)).toEqual(['T1', 'T2', 'T3']);
  });

  test.each([
    'package-lock.json',
    'web/pnpm-lock.yaml',
    'Cargo.lock',
    'db/migrations/0007_add.sql',
  ])('two tickets with %s never run side by side, whatever the setting', (file) => {
    for (const conflictsRunning of ['prefer', 'exclude', 'ignore'] as const) {
      const queue = createQueue(pair(file), { ...settings, conflictsRunning });
      expect(startAll(queue)).toEqual(['T1', 'T3']);
      queue.drop(id('T1'));
      expect(startAll(queue)).toEqual(['T2']);
    }
  });

  test('a conflict that no file explains counts, too', () => {
    const queue = createQueue(
      [ticket('T1', { conflictsWith: [id('T2')] }), ticket('T2'), ticket('T3', { priority: 4 })],
      settings,
    );
    expect(startAll(queue)).toEqual(['T1', 'T3', 'T2']);
  });
});

describe('what becomes of a ticket', () => {
  const chain = () => [
    ticket('T1'),
    ticket('T2', { dependsOn: [id('T1')] }),
    ticket('T3', { dependsOn: [id('T2')] }),
    ticket('T4', { dependsOn: [id('T1')] }),
  ];

  test('settling makes ready exactly those that wait for nothing more', () => {
    const queue = createQueue(chain(), settings);
    queue.start(id('T1'), 0);
    queue.finish(id('T1'));
    expect(queue.next({ nowMinutes: 0 })).toBeUndefined();
    expect(queue.settle(id('T1'))).toEqual(['T2', 'T4']);
    expect(queue.settle(id('T1'))).toEqual([]);
    expect([queue.isReady(id('T2')), queue.isReady(id('T3'))]).toEqual([true, false]);
  });

  test('dropping names everything behind it, once', () => {
    const queue = createQueue(chain(), settings);
    expect(queue.drop(id('T2'))).toEqual(['T3']);
    expect(queue.drop(id('T1'))).toEqual(['T4']);
    expect(queue.drop(id('T3'))).toEqual([]);
    expect([queue.openCount, queue.readyCount]).toEqual([0, 0]);
  });

  test('a ticket that starts over is ready again and lets go of its files', () => {
    const queue = createQueue([ticket('T1', { files: ['a'] }), ticket('T2', { files: ['a'] })], {
      ...settings,
      conflictsRunning: 'exclude',
    });
    queue.start(id('T1'), 0);
    expect(queue.next({ nowMinutes: 1 })).toBeUndefined();
    queue.finish(id('T1'));
    queue.ready(id('T1'));
    expect(queue.readyCount).toBe(2);
    queue.start(id('T2'), 2);
    queue.settle(id('T2'));
    expect(startAll(queue, 3)).toEqual(['T1']);
  });

  test('calls that do not fit change nothing', () => {
    const queue = createQueue(chain(), settings);
    queue.start(id('T2'), 0);
    queue.start(id('nobody'), 0);
    queue.finish(id('T1'));
    queue.ready(id('T1'));
    expect([queue.settle(id('nobody')), queue.drop(id('nobody'))]).toEqual([[], []]);
    expect([queue.openCount, queue.readyCount]).toEqual([4, 1]);
  });
});

describe('batches', () => {
  const batched: QueueSettings = { ...settings, schedule: 'batch' };
  const two = () => [
    ticket('T1', { batch: 1 }),
    ticket('T2', { batch: 1 }),
    ticket('T3', { batch: 2, priority: 0 }),
    ticket('T4', { batch: 3, dependsOn: [id('T1')] }),
  ];

  test('001-1.1 nothing of a batch starts before all of the one before it has landed', () => {
    const queue = createQueue(two(), batched);
    expect(queue.batch).toBe(1);
    expect(startAll(queue)).toEqual(['T1', 'T2']);
    queue.settle(id('T1'));
    expect(queue.next({ nowMinutes: 0 })).toBeUndefined();
    queue.settle(id('T2'));
    expect(queue.batch).toBe(2);
    expect(startAll(queue)).toEqual(['T3']);
  });

  test('a batch whose tickets are all dropped is passed over', () => {
    const queue = createQueue(two(), batched);
    queue.settle(id('T1'));
    queue.drop(id('T2'));
    queue.drop(id('T3'));
    expect(queue.batch).toBe(3);
    expect(startAll(queue)).toEqual(['T4']);
    queue.settle(id('T4'));
    expect([queue.batch, queue.openCount]).toEqual([undefined, 0]);
  });
});

describe('any queue under any fate', () => {
  test('002-12.3 nothing starts before what it waits for, every ticket ends once, and the heaps agree with plain search', () => {
    fc.assert(
      fc.property(
        drawnQueue,
        fc.array(fc.nat(), { maxLength: 200 }),
        ({ tickets, options }, fates) => {
          const queue = createQueue(tickets, options);
          const twin = createQueue(tickets, options);
          const state = new Map<string, 'running' | 'finished' | 'settled' | 'dropped'>();
          const inState = (wanted: string) => tickets.filter((one) => state.get(one.id) === wanted);
          const apply = (change: (queue: Queue) => unknown) => {
            expect(change(twin)).toEqual(change(queue));
          };
          fates.forEach((fate, nowMinutes) => {
            const under = [...inState('running'), ...inState('finished')];
            const active = inState('running');
            const choice = active.length < options.slots ? queue.next({ nowMinutes }) : undefined;
            expect(choice ? twin.next({ nowMinutes }) : undefined).toEqual(choice);
            const ready = tickets.filter(
              (one) =>
                !state.has(one.id) &&
                one.dependsOn.every((other) => state.get(other) === 'settled'),
            );
            if (choice && fate % 4 !== 0) {
              const chosen = tickets.find((one) => one.id === choice.ticket)!;
              expect(ready).toContain(chosen);
              const clashes = (one: QueueTicket) =>
                under.some((other) => one.files?.some((file) => other.files?.includes(file)));
              if (options.conflictsRunning === 'exclude') expect(clashes(chosen)).toBe(false);
              if (options.schedule === 'batch') {
                const open = tickets.filter(
                  (one) => !['settled', 'dropped'].includes(state.get(one.id)!),
                );
                expect(chosen.batch).toBe(Math.min(...open.map((one) => one.batch)));
              }
              if (
                options.conflictsRunning === 'prefer' &&
                options.schedule === 'rolling' &&
                clashes(chosen)
              ) {
                expect(ready.every(clashes)).toBe(true);
              }
              if (
                options.order === 'priority' &&
                options.conflictsRunning === 'ignore' &&
                options.schedule === 'rolling'
              ) {
                expect(chosen).toBe(
                  ready.toSorted((a, b) => a.priority - b.priority || a.order - b.order)[0],
                );
              }
              state.set(chosen.id, 'running');
              apply((one) => one.start(chosen.id, nowMinutes));
            } else if (under.length > 0) {
              const one = under[fate % under.length]!;
              const next = (['finished', 'settled', 'settled', 'dropped', 'again'] as const)[
                fate % 5
              ]!;
              if (next === 'again') {
                state.delete(one.id);
                apply((it) => it.ready(one.id));
              } else if (next === 'finished') {
                state.set(one.id, 'finished');
                apply((it) => it.finish(one.id));
              } else {
                state.set(one.id, next);
                apply((it) => {
                  const told = next === 'settled' ? it.settle(one.id) : it.drop(one.id);
                  if (next === 'dropped') for (const lost of told) state.set(lost, 'dropped');
                  return told;
                });
              }
            }
            const closed = inState('settled').length + inState('dropped').length;
            expect(queue.openCount).toBe(tickets.length - closed);
          });
        },
      ),
      { numRuns: 1000 },
    );
  });
});
