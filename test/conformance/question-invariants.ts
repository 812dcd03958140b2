import type { RunEvent } from '../../lib/model/event.js';
import type { RunTicket } from '../../lib/model/run.js';

/**
 * What every journal must obey between a run and its human: one question at a time, answered or withdrawn once; nothing
 * begins or lands about which it had to ask and was not told that it may, and what was told to land is that very commit.
 */
export function questionFaults(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const tickets = new Map<string, RunTicket>();
  let confirm: string | undefined;
  let open: { readonly seq: number; readonly ticket: string } | undefined;
  const mayStart = new Set<string>();
  const mayLand = new Set<string>();
  const close = (asked: number, what: string) => {
    if (open?.seq !== asked) faults.push(`${what} closes question ${asked}, which is not open`);
    open = undefined;
  };
  for (const event of events) {
    switch (event.type) {
      case 'run.planned':
        confirm = event.options.confirm;
        for (const ticket of event.tickets) tickets.set(ticket.id, ticket);
        break;
      case 'run.resumed':
        confirm = event.confirm ?? confirm;
        break;
      case 'question.asked':
        if (open) faults.push(`seq ${event.seq} asks while question ${open.seq} is open`);
        open = { seq: event.seq, ticket: event.question.ticket };
        break;
      case 'question.withdrawn':
        close(event.asked, `seq ${event.seq}`);
        break;
      case 'question.answered': {
        close(event.asked, `seq ${event.seq}`);
        const { question, answer } = event;
        if (question.about === 'land' && answer.kind === 'go') mayLand.add(question.commit);
        // What is sent back is begun again without asking.
        else if (question.about === 'land') mayStart.add(question.ticket);
        else if (answer.kind === 'go')
          mayStart.add(
            question.component === undefined ? question.ticket : `component ${question.component}`,
          );
        break;
      }
      case 'attempt.started': {
        const component = `component ${tickets.get(event.ticket)?.component ?? ''}`;
        const isAllowed =
          mayStart.has(event.ticket) || (confirm === 'component' && mayStart.has(component));
        if (isAsking(confirm) && !isAllowed)
          faults.push(`${event.attempt} was begun without asking`);
        if (open) faults.push(`${event.attempt} was begun while question ${open.seq} was open`);
        break;
      }
      case 'landing.moving': {
        const prepared = events.findLast(
          (one) => one.type === 'landing.prepared' && one.commit === event.new,
        );
        if (confirm === 'ticket' && prepared && !isIntake(prepared) && !mayLand.has(event.new))
          faults.push(`${event.new} was about to land without asking`);
        break;
      }
      case 'run.finished':
        if (open) faults.push(`question ${open.seq} is open in a finished run`);
        break;
      default:
    }
  }
  return faults;
}

const isAsking = (confirm: string | undefined) => confirm === 'ticket' || confirm === 'component';
const isIntake = (event: RunEvent) =>
  event.type === 'landing.prepared' && event.ticket.startsWith('intake/');
