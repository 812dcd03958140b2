import type { EventDraft } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import { isThrottle } from './agent-failure.js';
import type { RunState, Settling } from './state.js';
import { ticketRun } from './tickets.js';

/** An outside fault takes slots away until one is left; then, or when set-up is at fault, the run drains. */
export function decideTrouble(state: RunState): EventDraft | undefined {
  const failure = state.trouble;
  if (!failure) return undefined;
  if (takesSlot(failure) && state.slots > 1) {
    return { type: 'run.limited', slots: state.slots - 1, failure };
  }
  return { type: 'run.stop-requested', mode: 'drain', by: 'sage', failure };
}

/** Fewer at once may be the way out; an agent may be tried again that found no process, memory or file left. */
const takesSlot = (failure: Failure) =>
  failure.code === 'lane/not-created' ||
  failure.code === 'lane/processes-left' ||
  isThrottle(failure) ||
  (failure.code === 'agent/crashed' && failure.retryable === true);

/** What becomes of a ticket whose attempt or landing just ended. */
export function decideSettling(state: RunState): EventDraft | undefined {
  const entry = state.settling[0];
  if (!entry) {
    const container = state.emptyContainers[0];
    return container ? { type: 'container.completed', ticket: container } : undefined;
  }
  const ticket = ticketRun(state, entry.ticket);
  if (entry.result === 'worked' && entry.attempt && ticket.harvest?.work) {
    return {
      type: 'landing.queued',
      ticket: entry.ticket,
      attempt: entry.attempt,
      work: ticket.harvest.work,
      base: ticket.harvest.base,
    };
  }
  if (entry.result === 'cancelled') {
    const why = entry.why ?? entry.failure?.message ?? cancelledBy(ticket.cancelledBy);
    return { type: 'ticket.released', ticket: entry.ticket, why };
  }
  return {
    type: 'ticket.deferred',
    ticket: entry.ticket,
    failure: failureOf(entry),
    ...(ticket.kept ? { kept: ticket.kept } : {}),
  };
}

/** Tickets that somebody cancelled while nothing was being done about them. */
export function decideCancelled(state: RunState): EventDraft | undefined {
  // Too late: what waits then is as it was, and its state would miss the commit of states.
  if (state.ending !== 'no') return undefined;
  for (const id of state.cancelling) {
    const { phase, cancelledBy: by } = ticketRun(state, id);
    if (phase === 'waiting' || phase === 'queued') {
      return { type: 'ticket.released', ticket: id, why: cancelledBy(by) };
    }
  }
  return undefined;
}

const cancelledBy = (by: string | undefined) => (by ? `cancelled by ${by}` : 'cancelled');

const failureOf = (entry: Settling) =>
  entry.failure ?? {
    code: 'internal/bug' as const,
    message: `${entry.ticket} ended without a reason`,
  };

/**
 * Ticket states reach the index in order, one write at a time; what queues up meanwhile goes together, and
 * with it what could not be written before.
 */
export function decideProjection(state: RunState): EventDraft | undefined {
  const { pending, inFlight, done, unwritten } = state.projection;
  if (inFlight > 0 || pending.length === 0) return undefined;
  const newer = new Set(pending.map(({ ticket }) => ticket));
  const again = unwritten.filter(({ ticket }) => !newer.has(ticket));
  return {
    type: 'tickets.projecting',
    tickets: pending.map(({ ticket }) => ticket),
    opens: {
      kind: 'ticket.project',
      key: `project/${done.length}`,
      changes: [...again, ...pending],
    },
  };
}
