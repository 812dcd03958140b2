import type { TimelineBar } from '../model/plan.js';
import { createNodeQueue, type QueueSettings } from './node-queue.js';
import { queueBasis, type QueueBasis, type QueueTicket } from './queue-basis.js';

export interface Simulation {
  readonly makespanMinutes: number;
  /** Busy slot time ÷ (slots × makespan), 0…1; 0 for an empty queue. */
  readonly utilisation: number;
  /** In order of start; slots count from 1. */
  readonly bars: readonly TimelineBar[];
  /** Most tickets that ran at once. */
  readonly highWater: number;
}

/** A simulation that begins in the middle of a run. */
export interface Midway {
  /** Tickets that are being worked on at its begin, by their place in the list; they hold slots from minute 0. */
  readonly begun?: readonly number[];
  /** So many more start; default: all. */
  readonly starts?: number;
}

/**
 * Runs the real dispatch policy against a virtual clock: every ticket takes its given minutes and lands at once. Of an
 * epic one ticket runs at a time.
 * Tickets that can never start (a cycle) have no bar.
 */
export function simulate(
  tickets: readonly QueueTicket[],
  durations: ArrayLike<number>,
  settings: QueueSettings,
  basis: QueueBasis = queueBasis(tickets),
  { begun = [], starts = Infinity }: Midway = {},
): Simulation {
  const slots = Math.max(1, settings.slots);
  const queue = createNodeQueue(basis, { ...settings, slots });
  const bars: TimelineBar[] = [];
  const running: { node: number; slot: number; endMinutes: number }[] = [];
  const free = Array.from({ length: slots }, (_, slot) => slot + 1);
  const busyEpics = new Set<string>();
  const hasEpics = tickets.some(({ epic }) => epic !== undefined);
  const isExcluded = hasEpics
    ? (node: number) => busyEpics.has(tickets[node]?.epic ?? '')
    : undefined;
  let nowMinutes = 0;
  let busyMinutes = 0;
  let highWater = 0;
  const start = (node: number) => {
    const { id: ticket, epic } = tickets[node] as QueueTicket;
    if (epic !== undefined) busyEpics.add(epic);
    const minutes = durations[node] as number;
    // A run that lost slots may have more at work than it would start now.
    const slot = free.shift() ?? bars.length + 1;
    queue.start(node, nowMinutes);
    const endMinutes = nowMinutes + minutes;
    bars.push({ ticket, slot, startMinutes: nowMinutes, endMinutes });
    running.push({ node, slot, endMinutes });
    busyMinutes += minutes;
  };
  for (const node of begun) start(node);
  let left = starts;
  for (;;) {
    for (; free.length > 0 && left > 0; left -= 1) {
      const selection = queue.select(nowMinutes, isExcluded);
      if (selection === undefined) break;
      start(selection.node);
    }
    highWater = Math.max(highWater, running.length);
    if (running.length === 0) break;
    nowMinutes = Infinity;
    for (const { endMinutes } of running) nowMinutes = Math.min(nowMinutes, endMinutes);
    // All that ends now ends before anything starts now, or a slot would be given away on half the facts.
    let kept = 0;
    for (const bar of running) {
      if (bar.endMinutes !== nowMinutes) {
        running[kept++] = bar;
        continue;
      }
      if (bar.slot <= slots) free.push(bar.slot);
      busyEpics.delete(tickets[bar.node]?.epic ?? '');
      queue.finish(bar.node);
      queue.settle(bar.node);
    }
    running.length = kept;
    if (free.length > 1) free.sort((one, other) => one - other);
  }
  return {
    makespanMinutes: nowMinutes,
    utilisation: nowMinutes === 0 ? 0 : busyMinutes / (slots * nowMinutes),
    bars,
    highWater,
  };
}
