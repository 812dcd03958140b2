import type { TicketCounts } from '../model/status-schema.js';
import { blockedTickets } from './blocked.js';
import type { RunState } from './state.js';

/** How many of a run's tickets stand where: each that was asked for is counted once, and once in `total`. */
export function countTickets(state: RunState): TicketCounts {
  const phases = {
    waiting: 0,
    active: 0,
    queued: 0,
    landing: 0,
    landed: 0,
    deferred: 0,
    released: 0,
  };
  for (const { phase } of state.tickets.values()) phases[phase] += 1;
  const behind = blockedTickets(state).size;
  // What only waits for its batch could not start when a slot is free.
  const ready = Math.min(state.queue.readyCount, phases.waiting - behind);
  return {
    total: state.tickets.size + state.blocked.length,
    landed: phases.landed,
    running: phases.active,
    landing: phases.queued + phases.landing,
    ready,
    waiting: phases.waiting - behind - ready,
    blocked: behind + state.blocked.length,
    deferred: phases.deferred,
    released: phases.released,
  };
}
