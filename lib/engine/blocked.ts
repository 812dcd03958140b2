import type { TicketId } from '../model/ids.js';
import type { RunState } from './state.js';
import { isLost } from './tickets.js';

/** Tickets that wait, directly or not, for one that did not land. */
export function blockedTickets({ tickets }: RunState): ReadonlySet<TicketId> {
  const lost = [...tickets.values()].filter(({ phase }) => isLost(phase));
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

/** From a ticket down to the first thing that did not land, nearest first; empty when there is none. */
export function chainOf(state: RunState, from: TicketId): TicketId[] {
  const cameFrom = new Map<TicketId, TicketId | undefined>([[from, undefined]]);
  const queue: TicketId[] = [from];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const before of state.tickets.get(id)?.ticket.dependsOn ?? []) {
      const entry = state.tickets.get(before);
      if (!entry || cameFrom.has(before)) continue;
      cameFrom.set(before, id);
      if (isLost(entry.phase)) return backTo(before, cameFrom);
      queue.push(before);
    }
  }
  return [];
}

function backTo(end: TicketId, cameFrom: Map<TicketId, TicketId | undefined>): TicketId[] {
  const chain: TicketId[] = [];
  for (let id: TicketId | undefined = end; id !== undefined; id = cameFrom.get(id)) chain.push(id);
  return chain.reverse().slice(1);
}
