import type { RunEvent } from '../../model/event.js';

/** What was going on when this was the last record, in words. */
export function recordWords(event: RunEvent | undefined): string {
  if (!event) return 'nothing was written yet';
  switch (event.type) {
    case 'run.planned':
      return 'the run was planned';
    case 'run.resumed':
      return 'the run was just going on';
    case 'base.check-started':
      return 'the base was being checked';
    case 'base.checked':
      return 'the base was checked';
    case 'attempt.started':
      return `${event.ticket} was getting ${event.lane}`;
    case 'lane.prepared':
      return `${event.lane} was ready for ${event.attempt}`;
    case 'agent.called':
      return `${event.attempt} was with its agent`;
    case 'agent.finished':
      return event.outcome.end.kind === 'exited'
        ? `the agent of ${event.attempt} had ended`
        : `the agent of ${event.attempt} was found cut off`;
    case 'harvest.started':
      return `the work of ${event.attempt} was being taken`;
    case 'work.harvested':
      return `the work of ${event.attempt} was kept`;
    case 'attempt.finished':
      return event.result === 'interrupted'
        ? `${event.attempt} was put down as interrupted`
        : `${event.attempt} was over`;
    case 'landing.queued':
      return `${event.ticket} waited to land`;
    case 'landing.started':
      return `${event.ticket} was being merged`;
    case 'landing.prepared':
      return `the commit of ${event.ticket} was made`;
    case 'landing.conflicted':
      return `${event.ticket} had met a conflict`;
    case 'landing.set-aside':
      return `${event.ticket} was set aside: ${event.behind} lands first`;
    case 'landing.check-started':
      return `${event.ticket} was being checked`;
    case 'landing.verified':
      return `${event.ticket} was ${event.verdict.colour}`;
    case 'landing.check-cancelled':
      return `the checks of ${event.ticket} were stopped`;
    case 'landing.moving':
      return `the branch was being moved to ${event.ticket}`;
    case 'landing.landed':
      return `${event.ticket} had landed`;
    case 'ticket.deferred':
      return `${event.ticket} was deferred`;
    case 'tickets.projecting':
      return `states were being written (${named(event.tickets)})`;
    case 'tickets.projected':
      return `states were written (${named(event.tickets)})`;
    case 'bookkeeping.started':
    case 'bookkeeping.prepared':
    case 'bookkeeping.moving':
    case 'bookkeeping.landed':
      return 'the ticket states were being committed';
    case 'target.asked':
    case 'target.seen':
      return 'the target was being looked at';
    case 'run.delivering':
      return 'the run was being delivered';
    case 'run.delivered':
      return 'the run was delivered';
    case 'run.finished':
      return 'the run was over';
    default:
      return event.type;
  }
}

const named = (tickets: readonly string[]) => [...new Set(tickets)].join(', ');
