import { explainCallOf } from '../model/backlog.js';
import type { TicketId } from '../model/ids.js';
import type { TicketChange } from '../model/ticket.js';
import type { RunState, TicketPhase, TicketRun } from './state.js';

/** A ticket of this run; a missing one is a bug of ours. */
export function ticketRun(state: RunState, id: TicketId): TicketRun {
  const found = state.tickets.get(id);
  if (!found) throw new Error(`event about ${id}, which is not in this run`);
  return found;
}

/** Whether the ticket is to be given back: it alone, or with the whole run. */
export const isCancelled = (state: RunState, id: TicketId) =>
  state.stop?.mode === 'cancel' || ticketRun(state, id).cancelledBy !== undefined;

/** Whether the run has no more to do with a ticket. */
export const isSettled = (phase: TicketPhase) =>
  phase === 'landed' || phase === 'deferred' || phase === 'released';

/** Whether what waits for a ticket in that phase waits in vain, unless it is tried again. */
export const isLost = (phase: TicketPhase | undefined) =>
  phase === 'deferred' || phase === 'released';

/** Puts a state on its way into the index. Instants are cut to whole seconds, as indexes write them. */
export function project(state: RunState, change: Omit<TicketChange, 'at'>, at: string): void {
  state.projection.pending.push({ ...change, at: `${at.slice(0, 19)}Z` });
}

/** Takes a finished ticket off the open children of its containers. */
export function completeInContainers(state: RunState, done: TicketId): void {
  for (const [container, open] of state.containers) {
    if (open.delete(done) && open.size === 0) state.emptyContainers.push(container);
  }
}

/** Milliseconds between two instants of the journal, never negative: the wall clock may be set back. */
export const between = (from: string | undefined, to: string) =>
  from === undefined ? 0 : Math.max(0, Date.parse(to) - Date.parse(from));

/**
 * Takes time in which no process of the run lived out of everything that is being measured: what was going on counts as
 * begun so much later.
 */
export function skipGap(state: RunState, gapMs: number): void {
  const later = (at: string) => new Date(Date.parse(at) + gapMs).toISOString();
  state.startedAt = later(state.startedAt);
  for (const attempt of state.active.values()) {
    attempt.startedAt = later(attempt.startedAt);
    if (attempt.wait) attempt.wait.since = later(attempt.wait.since);
  }
  if (state.lacking) state.lacking.since = later(state.lacking.since);
  for (const entry of state.landing.chain) entry.since = later(entry.since);
  for (const { phase, times } of state.tickets.values()) {
    if (phase === 'landed') continue;
    if (times.firstStartedAt) times.firstStartedAt = later(times.firstStartedAt);
    if (times.queuedAt) times.queuedAt = later(times.queuedAt);
  }
}

/** Takes the ticket's entry off the list of those that wait for a word. */
export function settled(state: RunState, id: TicketId): void {
  state.settling = state.settling.filter((entry) => entry.ticket !== id);
}

/** Minutes since the run began: the clock of the dispatch queue. */
export const minutesInto = (state: RunState, at: string) => between(state.startedAt, at) / 60_000;

/** The one command to go on with for a ticket that did not land. */
export function wayOnWith({ backlog }: RunState, id: TicketId, kept: string | undefined): string {
  if (kept !== undefined) return `sage rescue ${id}`;
  return backlog === 'tickets' ? explainCallOf(backlog, id) : `sage retry ${id}`;
}

/** Where a log of the run lies, for a hint. */
export const logHint = (state: RunState, log: string) => `log: ${state.directory}/${log}`;
