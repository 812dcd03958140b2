import type { ChalkInstance } from 'chalk';
import { knownFailures } from '../engine/known-failures.js';
import type { RunState } from '../engine/state.js';
import type { RunEvent } from '../model/event.js';
import { forecastWords } from '../plan/forecast-costs.js';
import { clean } from './clean.js';
import { budgetWords, usd } from '../engine/budget.js';
import { lackWords, timeOf } from './key-words.js';

/** {@link eventLines} of what is about the run as a whole; undefined for all else. */
export function runEventLines(
  event: RunEvent,
  state: RunState,
  paint: ChalkInstance,
): string[] | undefined {
  switch (event.type) {
    case 'run.planned':
      return started(state, paint);
    case 'run.resumed':
      return [
        paint.bold(
          `run ${state.run} was interrupted and goes on where it stopped, with the options it was started with`,
        ),
      ];
    case 'base.check-started':
      return [paint.dim('checking the base before anything starts …')];
    case 'base.checked':
      return knownFailures(state.baseline).map((line) => paint.yellow(clean(line)));
    case 'run.stop-requested':
      return stopping(event, state, paint);
    case 'run.paused':
      return [
        paint.yellow(
          `paused by ${clean(event.by)}: nothing new starts; what runs finishes and lands → sage resume`,
        ),
      ];
    case 'run.continued':
      return [paint.yellow(`goes on (${clean(event.by)})`)];
    case 'run.limited':
      return [paint.yellow(`from now on ${event.slots} at once: ${clean(event.failure.message)}`)];
    case 'run.relieved':
      return [paint.yellow(`again ${event.slots} at once: ${clean(event.why)}`)];
    case 'credential.cooled':
      return [
        paint.yellow(
          `${event.credential} of ${clean(event.agent)} rests until ${timeOf(event.until)}: ${clean(event.failure?.message ?? 'its calls of a minute are used up')}`,
        ),
      ];
    case 'credential.spent':
      return [
        paint.yellow(
          `${event.credential} of ${clean(event.agent)} is out for this run: ${clean(event.failure.message)}`,
        ),
      ];
    case 'credential.lacked':
      return [
        paint.yellow(
          `${event.running} of ${event.slots} agents: ${lackWords(event.agent, event.why)}`,
        ),
      ];
    case 'budget.warned':
      return [paint.yellow(budgetWords(event))];
    case 'run.suspended':
      return [
        paint.yellow(
          `cannot go on: ${clean(event.failure.message)}: nothing new starts, what runs finishes, then the run stops and can be resumed`,
        ),
      ];
    case 'landing.limited':
      return [
        paint.yellow(
          `from now on ${event.slots} verification${event.slots === 1 ? '' : 's'} at once: ${clean(event.failure.message)}`,
        ),
      ];
    case 'tickets.projected':
      return event.notes.map((note) => paint.yellow(clean(note)));
    case 'run.delivering':
      return [paint.dim(`delivering ${state.branch} to ${state.target} …`)];
    default:
      return undefined;
  }
}

function started(state: RunState, paint: ChalkInstance): string[] {
  const { options, tickets, slots } = state;
  const because =
    options.requestedSlots !== 'sequential' && options.slotsBecause?.length
      ? ` (${options.slotsBecause.join(', ')})`
      : '';
  const how = `${slots === 1 ? 'one at a time' : `${slots} at once`}${because}`;
  const lines = [
    paint.bold(
      `run ${state.run}: ${tickets.size} ticket${tickets.size === 1 ? '' : 's'}, ${how}, lands on ${state.branch}`,
    ),
  ];
  const { expected, maxCostMicroUsd } = options;
  const consumption = [
    ...(slots > 1 ? [`${slots} agents use tokens ${slots} times as fast`] : []),
    ...(expected ? [`expected: ${forecastWords(expected)}`] : []),
    ...(maxCostMicroUsd === undefined ? [] : [`cost limit ${usd(maxCostMicroUsd)} USD`]),
  ];
  if (consumption.length > 0) lines.push(paint.dim(consumption.join('; ')));
  return lines;
}

function stopping(
  event: Extract<RunEvent, { readonly type: 'run.stop-requested' }>,
  state: RunState,
  paint: ChalkInstance,
): string[] {
  const why = event.failure ? `: ${clean(event.failure.message)}` : '';
  if (event.mode === 'cancel')
    return [paint.yellow(`cancelling (${event.by})${why}; work is kept`)];
  const busy = state.active.size + state.landing.queue.length + state.landing.chain.length;
  const more =
    event.by === 'Ctrl-C'
      ? ' Press Ctrl-C again to cancel.'
      : event.by === 'key d'
        ? ' Press Ctrl-C to cancel.'
        : '';
  const inHand =
    busy === 0
      ? 'no ticket is in hand'
      : `${busy} ticket${busy === 1 ? '' : 's'} in hand will finish`;
  return [paint.yellow(`draining (${event.by})${why}: nothing new starts, ${inHand}.${more}`)];
}
