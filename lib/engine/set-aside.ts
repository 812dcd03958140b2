import type { TicketId } from '../model/ids.js';
import { leaveChain } from './chain.js';
import type { EpicPart } from './epic-parts.js';
import type { LandingEntry } from './landing-state.js';
import type { RunState } from './state.js';

/**
 * Entries of the chain go back to the front of the queue, until `behind` has landed or left: they came before all that
 * were not taken yet. Of an epic all go that are in the chain.
 */
export function setAside(state: RunState, entry: LandingEntry, behind: TicketId, at: string): void {
  const part = state.parts.get(entry.ticket);
  const { chain, queue } = state.landing;
  const together = part ? chain.filter(({ ticket }) => isOf(state, part, ticket)) : [entry];
  const rest = part ? queue.filter(({ ticket }) => isOf(state, part, ticket)) : [];
  for (const { ticket } of together) leaveChain(state, ticket, at);
  const back = [...together, ...rest].map(({ ticket, intake, faults }) => ({
    ticket,
    ...(intake ? { intake } : {}),
    behind,
    faults,
  }));
  const others = state.landing.queue.filter((wait) => !rest.includes(wait));
  const place = others.findIndex((other) => other.behind === undefined);
  others.splice(place < 0 ? others.length : place, 0, ...back);
  state.landing.queue = others;
  for (const { ticket: name } of together) {
    const ticket = state.tickets.get(name);
    if (!ticket) continue;
    ticket.phase = 'queued';
    ticket.times.queuedAt = at;
  }
}

const isOf = (state: RunState, part: EpicPart, ticket: TicketId) =>
  state.parts.get(ticket) === part;

/**
 * Of an epic, what does not fit onto the chain is no verdict as long as something of others is ahead of it there that
 * has not landed. Answers whether it was set aside for that.
 */
export function setEpicAside(state: RunState, name: TicketId, at: string): boolean {
  const part = state.parts.get(name);
  const { chain } = state.landing;
  const entry = chain.find(({ ticket }) => ticket === name);
  if (!part || !entry) return false;
  const first = chain.findIndex(({ ticket }) => isOf(state, part, ticket));
  const ahead = chain[first - 1];
  if (ahead) setAside(state, entry, ahead.ticket, at);
  return ahead !== undefined;
}
