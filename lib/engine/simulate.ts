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
  for (;;) {
    while (free.length > 0) {
      const selection = queue.select(nowMinutes, isExcluded);
      if (selection === undefined) break;
      const { node } = selection;
      const { id: ticket, epic } = tickets[node] as QueueTicket;
      if (epic !== undefined) busyEpics.add(epic);
      const minutes = durations[node] as number;
      const slot = free.shift() as number;
      queue.start(node, nowMinutes);
      const endMinutes = nowMinutes + minutes;
      bars.push({ ticket, slot, startMinutes: nowMinutes, endMinutes });
      running.push({ node, slot, endMinutes });
      busyMinutes += minutes;
    }
    highWater = Math.max(highWater, running.length);
    if (running.length === 0) break;
    nowMinutes = Infinity;
    for (const { endMinutes } of running) nowMinutes = Math.min(nowMinutes, endMinutes);
    // All that ends now ends before anything starts now, or a slot would be given away on half the facts.
    let left = 0;
    for (const bar of running) {
      if (bar.endMinutes !== nowMinutes) {
        running[left++] = bar;
        continue;
      }
      free.push(bar.slot);
      busyEpics.delete(tickets[bar.node]?.epic ?? '');
      queue.finish(bar.node);
      queue.settle(bar.node);
    }
    running.length = left;
    if (free.length > 1) free.sort((one, other) => one - other);
  }
  return {
    makespanMinutes: nowMinutes,
    utilisation: nowMinutes === 0 ? 0 : busyMinutes / (slots * nowMinutes),
    bars,
    highWater,
  };
}
