import type { TicketId } from '../model/ids.js';
import type { Answer, Question } from '../model/question.js';
import type { LandingEntry } from './landing-state.js';
import type { OpenQuestion, RunState } from './state.js';
import { ticketRun } from './tickets.js';

/** So often a ticket may be sent back to its agent: who is still not content changes the ticket, or does it by hand. */
export const SEND_BACKS = 5;

/** Whether a ticket may be begun without asking. */
export function mayStart({ confirm, approved, tickets }: RunState, id: TicketId): boolean {
  if (confirm === undefined || approved.tickets.has(id)) return true;
  const component = tickets.get(id)?.ticket.component;
  return confirm === 'component' && component !== undefined && approved.components.has(component);
}

/** Whether an entry of the chain may land as it is built now. What the user committed is not asked about. */
export const mayLand = ({ confirm }: RunState, { intake, approved, commit }: LandingEntry) =>
  confirm !== 'ticket' || intake !== undefined || (commit !== undefined && approved === commit);

/** The answers that a question takes. */
export function answersTo(state: RunState, question: Question): readonly Answer['kind'][] {
  if (question.about === 'start') return ['go', 'defer', 'stop'];
  // An epic's tickets rest on each other: one of them alone cannot be done again.
  const isLast =
    state.parts.has(question.ticket) || ticketRun(state, question.ticket).sentBack >= SEND_BACKS;
  return isLast ? ['go', 'defer', 'stop'] : ['go', 'send-back', 'defer', 'stop'];
}

/** The question alone, as it was asked. */
export function questionOf(open: OpenQuestion): Question {
  if (open.about === 'land') {
    const { about, ticket, commit, onto } = open;
    return { about, ticket, commit, onto };
  }
  const { about, ticket, component, reason } = open;
  return { about, ticket, ...(component === undefined ? {} : { component }), reason };
}
