import type { RunTicket } from '../model/run.js';

/** Which batch is open, and how much of it has not been started. Without a barrier everything is one batch. */
export interface Batches {
  /** Whether a ticket's batch has begun. */
  isOpen(node: number): boolean;
  /** Remembers a ticket that is ready before its batch is. */
  hold(node: number): void;
  /** A ticket was started (−1: it went back). */
  begin(node: number, by?: 1 | -1): void;
  /** A ticket is done with; returns the held tickets of a batch that begins by it. */
  close(node: number): readonly number[];
  /** Estimated minutes of what is not started, in this batch. */
  unstartedMinutes(): number;
  /** The smallest batch number with an open ticket. */
  current(): number | undefined;
}

type Batched = Pick<RunTicket, 'batch' | 'estimateMinutes'>;

/** Which ticket is in which batch, the batches counted from 0 in the order of their numbers. */
export interface BatchIndex {
  readonly tickets: readonly Batched[];
  readonly numbers: readonly number[];
  readonly batchOf: Int32Array;
  readonly sizes: readonly number[];
  /** Estimated minutes of each batch, and of all. */
  readonly minutes: readonly number[];
  readonly allMinutes: number;
}

export function indexBatches(tickets: readonly Batched[]): BatchIndex {
  const numbers = [...new Set(tickets.map(({ batch }) => batch))].sort((a, b) => a - b);
  const indexOf = new Map(numbers.map((number, index) => [number, index]));
  const batchOf = Int32Array.from(tickets, ({ batch }) => indexOf.get(batch) ?? 0);
  const sizes = numbers.map(() => 0);
  const minutes = numbers.map(() => 0);
  let allMinutes = 0;
  for (const [node, { estimateMinutes }] of tickets.entries()) {
    const batch = batchOf[node] as number;
    sizes[batch] = (sizes[batch] ?? 0) + 1;
    minutes[batch] = (minutes[batch] ?? 0) + estimateMinutes;
    allMinutes += estimateMinutes;
  }
  return { tickets, numbers, batchOf, sizes, minutes, allMinutes };
}

/** Counts down the open tickets of each batch; with a barrier, a batch opens when all before it are done with. */
export function createBatches(index: BatchIndex, hasBarrier: boolean): Batches {
  const { tickets, numbers, batchOf } = index;
  const open = [...index.sizes];
  const held = numbers.map((): number[] => []);
  const minutes = hasBarrier ? [...index.minutes] : [index.allMinutes];
  const slot = (node: number) => (hasBarrier ? (batchOf[node] as number) : 0);
  let current = 0;
  return {
    isOpen: (node) => !hasBarrier || (batchOf[node] as number) <= current,
    hold: (node) => void held[batchOf[node] as number]?.push(node),
    begin(node, by = 1) {
      const estimate = tickets[node]?.estimateMinutes ?? 0;
      minutes[slot(node)] = (minutes[slot(node)] ?? 0) - by * estimate;
    },
    close(node) {
      const batch = batchOf[node] as number;
      open[batch] = (open[batch] ?? 0) - 1;
      if (open[current] !== 0) return NOBODY;
      const released: number[] = [];
      while (current < numbers.length && open[current] === 0) {
        current += 1;
        released.push(...(held[current] ?? []).splice(0));
      }
      return released;
    },
    unstartedMinutes: () => minutes[hasBarrier ? current : 0] ?? 0,
    current: () => numbers[current],
  };
}

const NOBODY: readonly number[] = [];
