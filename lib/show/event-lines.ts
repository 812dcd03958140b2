import type { ChalkInstance } from 'chalk';
import type { RunState } from '../engine/state.js';
import type { RunEvent } from '../model/event.js';
import { ticketOf } from '../model/ids.js';
import { aboutIn } from './about.js';
import { clean } from './clean.js';
import { lackWords } from './key-words.js';
import { landingEventLines } from './landing-event-lines.js';
import { answeredWords, askedWords } from './question-words.js';
import { runEventLines } from './run-event-lines.js';

/**
 * What a person should see of an event, as whole lines, prefixed with the ticket they are about (`[AUTH-002] …`).
 * Nothing for steps that only matter inside. `state` already holds the event.
 */
export const eventLines = (event: RunEvent, state: RunState, paint: ChalkInstance): string[] =>
  runEventLines(event, state, paint) ??
  landingEventLines(event, state, paint) ??
  ticketEventLines(event, state, paint);

function ticketEventLines(event: RunEvent, state: RunState, paint: ChalkInstance): string[] {
  const about = aboutIn(paint);
  switch (event.type) {
    case 'question.asked':
      return about(event.question.ticket, paint.yellow(askedWords(event.question)));
    case 'question.answered':
      return about(event.question.ticket, answeredWords(event));
    case 'question.withdrawn':
      return about(event.question.ticket, paint.dim(`is not asked any more: ${clean(event.why)}`));
    case 'ticket.cancel-requested':
      return about(event.ticket, paint.yellow(`is being cancelled (${clean(event.by)})`));
    case 'ticket.retried':
      return about(event.ticket, paint.yellow(`is tried again (${clean(event.by)})`));
    case 'attempt.started': {
      const { ticket, attempts } = state.tickets.get(event.ticket) ?? {};
      const title = clean(ticket?.title ?? '');
      const instead = event.model ? `; ${clean(event.model.because)}` : '';
      const again = {
        first: 'started',
        conflict: `again on the new base (attempt ${attempts ?? 2})`,
        review: `again with your note (attempt ${attempts ?? 2})`,
        'rate-limit': `again (attempt ${attempts ?? 2})`,
      }[event.because];
      return about(
        event.ticket,
        `${again} in ${event.lane}: ${title} ${paint.dim(`(${event.reason}${instead})`)}`,
      );
    }
    case 'lane.failed':
      return about(ticketOf(event.attempt), paint.red(clean(event.failure.message)));
    case 'agent.called':
      return event.round === 1
        ? []
        : about(ticketOf(event.attempt), 'its own check is red; the agent is asked to mend it');
    case 'agent.finished': {
      const ticket = ticketOf(event.attempt);
      const { reports = [] } = event.outcome;
      return reports.flatMap(({ kind, title }) => about(ticket, `tells: ${kind}: ${clean(title)}`));
    }
    case 'work.harvested':
      return event.harvest?.notes.length
        ? about(ticketOf(event.attempt), paint.dim(clean(event.harvest.notes.join('; '))))
        : [];
    case 'credential.awaited':
      return about(
        event.ticket,
        paint.yellow(`waits for a key: ${lackWords(event.agent, event.why)}`),
      );
    case 'budget.exceeded':
      return about(event.ticket, paint.yellow('is stopped by the cost limit; its work is kept'));
    case 'attempt.finished':
      if (event.result === 'waited')
        return about(
          event.ticket,
          paint.yellow(
            'waits for a key in the queue: it gave its lane up, its work so far is kept',
          ),
        );
      if (event.result === 'throttled')
        return about(
          event.ticket,
          paint.yellow(
            `met a rate limit, and is tried again when another agent ended (retry.on): ${clean(event.failure?.message ?? '')}`,
          ),
        );
      if (event.result === 'interrupted' && event.failure)
        return about(event.ticket, paint.yellow(clean(event.failure.message)));
      return event.result === 'interrupted'
        ? about(
            event.ticket,
            `was cut off and starts anew${state.tickets.get(event.ticket)?.kept ? '; what it had done is kept' : ''}`,
          )
        : [];
    case 'ticket.deferred':
      return about(
        event.ticket,
        `${paint.red('deferred')}: ${clean(event.failure.message)}${event.kept ? paint.dim('; its work is kept') : ''}`,
      );
    case 'ticket.released':
      return about(event.ticket, paint.yellow(`back to UNPROCESSED: ${clean(event.why)}`));
    case 'container.completed':
      return about(event.ticket, paint.green('completed with its last child'));
    default:
      return [];
  }
}
