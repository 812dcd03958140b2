import type { AgentMessage } from '../model/agent.js';
import type { Alert } from '../model/alert.js';
import { callOf } from '../model/backlog.js';
import type { RunEvent } from '../model/event.js';
import { ticketOf, type AttemptAddress } from '../model/ids.js';
import { budgetWords } from './budget.js';
import { countTickets } from './standing.js';
import type { RunState } from './state.js';
import { wayOnWith } from './tickets.js';

/** A limit that is waited out for longer than this is worth a call. */
const LONG_MS = 30_000;

/** What of an event a human should be called for; `state` already holds it. */
export function alertOf(event: RunEvent, state: RunState): Alert | undefined {
  const { run } = state;
  switch (event.type) {
    case 'ticket.deferred': {
      const { ticket, failure, kept } = event;
      return {
        kind: 'deferred',
        ticket,
        message: `${ticket} was deferred: ${failure.message}`,
        command: wayOnWith(state, ticket, kept),
      };
    }
    case 'budget.warned':
      return { kind: 'budget', message: `run ${run}: ${budgetWords(event)}` };
    case 'run.stop-requested':
      if (event.failure?.code !== 'budget/reached') return undefined;
      return {
        kind: 'budget',
        message: `run ${run} starts nothing more: ${event.failure.message}`,
        command: `${callOf(state.backlog)} --max-cost USD`,
      };
    case 'run.suspended':
      return {
        kind: 'end',
        message: `run ${run} cannot go on: ${event.failure.message}`,
        command: 'sage resume',
      };
    case 'run.finished': {
      const { landed, deferred, blocked } = countTickets(state);
      const rest = [
        ...(deferred > 0 ? [`${deferred} deferred`] : []),
        ...(blocked > 0 ? [`${blocked} blocked`] : []),
      ];
      return {
        kind: 'end',
        message: `run ${run} has ended: ${[`${landed} of ${state.tickets.size} landed`, ...rest].join(', ')}`,
        ...(state.delivery?.command ? { command: state.delivery.command } : {}),
      };
    }
    default:
      return undefined;
  }
}

/** What of an agent's words a human should be called for. */
export function alertOfMessage(attempt: AttemptAddress, message: AgentMessage): Alert | undefined {
  const ticket = ticketOf(attempt);
  if (message.type === 'waiting') {
    return { kind: 'waiting', ticket, message: `the agent of ${ticket} ${message.reason}` };
  }
  if (message.type !== 'retrying' || (message.delayMs ?? 0) < LONG_MS) return undefined;
  const seconds = Math.round((message.delayMs ?? 0) / 1000);
  return {
    kind: 'waiting',
    ticket,
    message: `the agent of ${ticket} waits ${seconds} s for a limit: ${message.reason}`,
  };
}
