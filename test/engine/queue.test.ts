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
  test('002-2.3 002-12.3 the choice is always the one a plain search makes, and never too early', () => {
    fc.assert(
      fc.property(
        drawnQueue,
        fc.array(fc.nat(), { maxLength: 120 }),
        ({ tickets, options }, fates) => {
          const queue = createQueue(tickets, options);
          const world: World = { tickets, options, states: new Map(), startedAt: new Map() };
          fates.forEach((fate, nowMinutes) => {
            const isExcluded = (ticket: TicketId) =>
              fate % 3 === 0 && Number(ticket.slice(1)) % 2 === 0;
            const expected = choose(world, nowMinutes, isExcluded);
            expect(queue.next({ nowMinutes, isExcluded })?.ticket).toBe(expected);
            expect(queue.next({ nowMinutes, isExcluded })?.ticket).toBe(expected);
            const started = tickets.filter(({ id: one }) => isUnderWay(world, one));
            if (expected !== undefined && fate % 4 !== 0 && started.length < 2 * options.slots) {
              queue.start(expected, nowMinutes);
              world.states.set(expected, 'running');
              world.startedAt.set(expected, nowMinutes);
            } else if (started.length > 0) {
              happen(queue, world, started[fate % started.length]!.id, fate);
            }
            const closed = tickets.filter(({ id: one }) => isClosed(world, one));
            expect(queue.openCount).toBe(tickets.length - closed.length);
          });
        },
      ),
      { numRuns: 1000 },
    );
  });
});

type State = 'running' | 'finished' | 'settled' | 'dropped';

interface World {
  readonly tickets: readonly QueueTicket[];
  readonly options: QueueSettings;
  readonly states: Map<TicketId, State>;
  readonly startedAt: Map<TicketId, number>;
}

const isUnderWay = ({ states }: World, one: TicketId) =>
  states.get(one) === 'running' || states.get(one) === 'finished';
const isClosed = ({ states }: World, one: TicketId) =>
  states.get(one) === 'settled' || states.get(one) === 'dropped';

function happen(queue: Queue, { states, startedAt }: World, one: TicketId, fate: number) {
  switch (fate % 5) {
    case 0:
      queue.finish(one);
      states.set(one, 'finished');
      break;
    case 1:
      queue.ready(one);
      states.delete(one);
      startedAt.delete(one);
      break;
    case 2:
      for (const lost of [one, ...queue.drop(one)]) states.set(lost, 'dropped');
      break;
    default:
      queue.settle(one);
      states.set(one, 'settled');
  }
}

/** The policy, written down a second time without any memory. */
function choose(
  world: World,
  nowMinutes: number,
  isExcluded: (ticket: TicketId) => boolean,
): TicketId | undefined {
  const { tickets, options, states, startedAt } = world;
  const open = tickets.filter((one) => !isClosed(world, one.id));
  const batch = Math.min(...open.map((one) => one.batch));
  const isBatched = options.schedule === 'batch';
  const here = tickets.filter((one) => !isBatched || one.batch === batch);
  const tail = (one: QueueTicket) => (isBatched ? one.estimateMinutes : one.tailMinutes);
  const underWay = tickets.filter((one) => isUnderWay(world, one.id));
  const ready = here.filter(
    (one) => !states.has(one.id) && one.dependsOn.every((other) => states.get(other) === 'settled'),
  );
  const shared = (one: QueueTicket) =>
    underWay.flatMap((other) => one.files!.filter((file) => other.files!.includes(file)));
  const isBarred = (one: QueueTicket) =>
    shared(one).some((file) => options.conflictsRunning === 'exclude' || file === 'go.sum');
  const startable = ready.filter((one) => !isBarred(one) && !isExcluded(one.id));
  const apart = startable.filter(
    (one) => options.conflictsRunning === 'ignore' || shared(one).length === 0,
  );
  const group = apart.length > 0 ? apart : startable;
  const byRank = group.toSorted((left, right) =>
    options.order === 'priority'
      ? left.priority - right.priority || left.order - right.order
      : left.inheritedPriority - right.inheritedPriority ||
        tail(right) - tail(left) ||
        left.order - right.order,
  );
  const byTail = group.toSorted(
    (left, right) =>
      tail(right) - tail(left) ||
      left.inheritedPriority - right.inheritedPriority ||
      left.order - right.order,
  );
  const left = (one: QueueTicket) =>
    states.get(one.id) === 'running'
      ? Math.max(0, one.estimateMinutes - (nowMinutes - startedAt.get(one.id)!))
      : 0;
  const path = Math.max(
    0,
    ...ready.map(tail),
    ...underWay.map((one) => left(one) + tail(one) - one.estimateMinutes),
  );
  const work =
    here.filter((one) => !states.has(one.id)).reduce((sum, one) => sum + one.estimateMinutes, 0) +
    underWay.reduce((sum, one) => sum + left(one), 0);
  const urgent = byTail[0];
  const isUrgent =
    options.order === 'slack' &&
    urgent !== undefined &&
    tail(urgent) >= Math.max(path, work / options.slots) - 1e-9;
  return (isUrgent ? urgent : byRank[0])?.id;
}
