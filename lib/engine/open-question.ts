import type { Answer } from '../model/question.js';
import type { Asked } from '../model/question-schema.js';
import { answersTo } from './approval.js';
import { entryOf } from './chain.js';
import type { RunState } from './state.js';
import { ticketRun } from './tickets.js';

/** What the state alone tells of the open question; its ticket's text and its diff lie elsewhere. */
export type OpenAsked = Omit<Asked, 'description' | 'changes' | 'diff'>;

/** The open question of a run, for whoever shows it; undefined: nothing is asked. */
export function openQuestion(state: RunState): OpenAsked | undefined {
  const { question: open } = state;
  if (open === undefined) return undefined;
  const { ticket, attempts } = ticketRun(state, open.ticket);
  const head = { about: open.about, ticket: open.ticket as string, title: ticket.title };
  const answers = answersTo(state, open).map((answer) => ({
    answer,
    command: commandFor(answer, open.ticket),
  }));
  if (open.about === 'land') {
    const results = entryOf(state, open.ticket)?.check?.verdict?.results ?? [];
    const { commit, onto } = open;
    const checks = results.map(({ command, outcome, log }) => ({
      command,
      outcome,
      log: `${state.directory}/${log}`,
    }));
    return { ...head, attempt: attempts, commit, onto, checks, answers };
  }
  const { reason, component } = open;
  const tickets = [...state.tickets.values()]
    .filter((one) => one.ticket.component === component && one.phase === 'waiting')
    .map((one) => one.ticket.id as string);
  return { ...head, reason, ...(component === undefined ? {} : { component, tickets }), answers };
}

/** What to type for an answer; ids come from outside. */
function commandFor(answer: Answer['kind'], ticket: string): string {
  const id = /^[\w@%+=:,./-]+$/.test(ticket) ? ticket : `'${ticket.replaceAll("'", `'\\''`)}'`;
  switch (answer) {
    case 'go':
      return `sage approve ${id}`;
    case 'send-back':
      return `sage reject ${id} --note "what to change"`;
    default:
      return `sage reject ${id} --${answer}`;
  }
}
