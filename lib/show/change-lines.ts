import type { ChalkInstance } from 'chalk';
import type { RunState } from '../engine/state.js';
import type { RunEvent } from '../model/event.js';
import { isIntake } from '../model/ids.js';
import { clean } from './clean.js';
import { lackWords } from './key-words.js';
import { askedWords } from './question-words.js';
import { countLanded } from './public-events.js';

/**
 * What changed, for a reader to whom each word costs: what landed, what did not and the one command for it, and what
 * became of the run. Nothing for what only goes on.
 */
export function changeLines(event: RunEvent, state: RunState, paint: ChalkInstance): string[] {
  switch (event.type) {
    case 'landing.landed':
      if (isIntake(event.ticket)) return [];
      return [
        `${paint.green('landed')} ${clean(event.ticket)} (${countLanded(state)} of ${state.tickets.size})`,
      ];
    case 'ticket.deferred': {
      const way = event.kept ? ` → sage rescue ${clean(event.ticket)}` : '';
      return [
        `${paint.red('deferred')} ${clean(event.ticket)}: ${clean(event.failure.message)}${way}`,
      ];
    }
    case 'ticket.released':
      return [`${clean(event.ticket)} is UNPROCESSED again: ${clean(event.why)}`];
    case 'ticket.retried':
      return [`${clean(event.ticket)} is tried again (${clean(event.by)})`];
    case 'landing.conflicted':
      return [`${clean(event.ticket)} conflicts with what landed`];
    case 'question.asked':
      return [`${clean(event.question.ticket)} ${askedWords(event.question)} → sage stream --step`];
    case 'run.stop-requested':
      return [
        `${event.mode === 'cancel' ? 'cancelled' : 'stopping'} (${clean(event.by)})${event.failure ? `: ${clean(event.failure.message)}` : ''}`,
      ];
    case 'run.paused':
      return [`paused (${clean(event.by)}) → sage resume`];
    case 'run.continued':
    case 'run.resumed':
      return [`goes on (${clean(event.by)})`];
    case 'run.limited':
      return [`${event.slots} at once from now on: ${clean(event.failure.message)}`];
    case 'credential.lacked':
      return [`${event.running} of ${event.slots} agents: ${lackWords(event.agent, event.why)}`];
    case 'credential.spent':
      return [
        `${clean(event.credential)} of ${clean(event.agent)} is out: ${clean(event.failure.message)}`,
      ];
    case 'run.suspended':
      return [`suspended: ${clean(event.failure.message)} → sage resume`];
    default:
      return [];
  }
}

/** `5 of 12 landed`. */
export const landedOf = (state: RunState) =>
  `${countLanded(state)} of ${state.tickets.size} landed`;

/** `5 of 12 landed; running: A, B; landing: C; 1 deferred`. */
export function shortStanding(state: RunState): string {
  const running = [...state.active.values()].map(({ ticket }) => clean(ticket));
  const landing = [...state.landing.chain, ...state.landing.queue]
    .map(({ ticket }) => ticket)
    .filter((ticket) => !isIntake(ticket))
    .map(clean);
  const phases = [...state.tickets.values()].map(({ phase }) => phase);
  const deferred = phases.filter((phase) => phase === 'deferred').length;
  return [
    landedOf(state),
    ...(running.length > 0 ? [`running: ${running.join(', ')}`] : []),
    ...(landing.length > 0 ? [`landing: ${landing.join(', ')}`] : []),
    ...(deferred > 0 ? [`${deferred} deferred`] : []),
  ].join('; ');
}
