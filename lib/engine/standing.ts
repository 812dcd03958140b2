import type { TicketId } from '../model/ids.js';
import type { RunState } from './state.js';

/** How many of a run's tickets stand where. `total` counts those it set out to do; `blocked` may hold others, too. */
export interface TicketCounts {
  readonly total: number;
  readonly landed: number;
  /** An agent works on it, or its work is being taken and proven. */
  readonly running: number;
  /** In the landing queue. */
  readonly landing: number;
  /** Could start now. */
  readonly ready: number;
  /** For something that this run does first. */
  readonly waiting: number;
  /** Something it needs will not land in this run. */
  readonly blocked: number;
  readonly deferred: number;
  /** Given back unfinished. */
  readonly released: number;
}

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
  const ready = Math.min(state.queue.readyCount, phases.waiting - behind);
  return {
    total: state.tickets.size,
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

/** Tickets that wait, directly or not, for one that did not land. */
export function blockedTickets({ tickets }: RunState): ReadonlySet<TicketId> {
  const lost = [...tickets.values()].filter(
    ({ phase }) => phase === 'deferred' || phase === 'released',
  );
  const blocked = new Set<TicketId>();
  if (lost.length === 0) return blocked;
  const dependents = new Map<TicketId, TicketId[]>();
  for (const { ticket } of tickets.values()) {
    for (const before of ticket.dependsOn) {
      const known = dependents.get(before);
      if (known) known.push(ticket.id);
      else dependents.set(before, [ticket.id]);
    }
  }
  const next = lost.map(({ ticket }) => ticket.id);
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    for (const dependent of dependents.get(id) ?? []) {
      if (blocked.has(dependent) || tickets.get(dependent)?.phase !== 'waiting') continue;
      blocked.add(dependent);
      next.push(dependent);
    }
  }
  return blocked;
}
