import type { Queue } from './queue.js';
import { createQueue } from './queue.js';
import { allSlots } from './slots.js';
import type { RunState, TicketRun } from './state.js';
import { minutesInto } from './tickets.js';

/**
 * The dispatch queue as the tickets' phases say it now, made anew: what was dropped, with all that waited for it, cannot be
 * put back into one. What landed comes first, so that what it let start can be told to have started.
 */
export function requeue(state: RunState, at: string): Queue {
  const { schedule, order, conflictsRunning } = state.options;
  const all = [...state.tickets.values()];
  const queue = createQueue(
    all.map(({ ticket }) => ticket),
    { slots: allSlots(state), schedule, order, conflictsRunning },
  );
  const inPhase = (...phases: readonly TicketRun['phase'][]) =>
    all.filter(({ phase }) => phases.includes(phase));
  for (const { ticket } of inPhase('landed')) queue.settle(ticket.id);
  for (const { ticket } of inPhase('deferred', 'released')) queue.drop(ticket.id);
  for (const { address, ticket, startedAt } of state.active.values()) {
    if (state.tickets.get(ticket)?.attempt === address)
      queue.start(ticket, minutesInto(state, startedAt));
  }
  for (const { ticket } of inPhase('queued', 'landing')) {
    queue.start(ticket.id, minutesInto(state, at));
    queue.finish(ticket.id);
  }
  return queue;
}
