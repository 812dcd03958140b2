import type { ChalkInstance } from 'chalk';
import { knownFailures } from '../engine/known-failures.js';
import { someNames } from '../engine/some-names.js';
import type { RunState } from '../engine/state.js';
import type { RunEvent } from '../model/event.js';
import { isIntake } from '../model/ids.js';
import { clean } from './clean.js';
import { duration } from './duration.js';
import { answeredWords, askedWords } from './question-words.js';
import { countLanded } from './public-events.js';

/**
 * What a person should see of an event, as whole lines, prefixed with the ticket they are about (`[AUTH-002] …`).
 * Nothing for steps that only matter inside. `state` already holds the event.
 */
export function eventLines(event: RunEvent, state: RunState, paint: ChalkInstance): string[] {
  const about = (ticket: string, text: string) => [`${paint.cyan(`[${clean(ticket)}]`)} ${text}`];
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
    case 'run.limited':
      return [paint.yellow(`from now on ${event.slots} at once: ${clean(event.failure.message)}`)];
    case 'run.relieved':
      return [paint.yellow(`again ${event.slots} at once: ${clean(event.why)}`)];
    case 'run.suspended':
      return [
        paint.yellow(
          `cannot go on: ${clean(event.failure.message)}: nothing new starts, what runs finishes, then the run stops and can be resumed`,
        ),
      ];
    case 'attempt.started': {
      const { ticket, attempts } = state.tickets.get(event.ticket) ?? {};
      const title = clean(ticket?.title ?? '');
      const again = {
        first: 'started',
        conflict: `again on the new base (attempt ${attempts ?? 2})`,
        review: `again with your note (attempt ${attempts ?? 2})`,
        'rate-limit': `again (attempt ${attempts ?? 2})`,
      }[event.because];
      return about(
        event.ticket,
        `${again} in ${event.lane}: ${title} ${paint.dim(`(${event.reason})`)}`,
      );
    }
    case 'lane.failed':
      return about(ticketOf(event.attempt), paint.red(clean(event.failure.message)));
    case 'agent.called':
      return event.round === 1
        ? []
        : about(ticketOf(event.attempt), 'its own check is red; the agent is asked to mend it');
    case 'work.harvested':
      return event.harvest?.notes.length
        ? about(ticketOf(event.attempt), paint.dim(clean(event.harvest.notes.join('; '))))
        : [];
    case 'attempt.finished':
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
    case 'landing.queued': {
      const entry = state.tickets.get(event.ticket);
      const files = entry?.harvest?.filesTotal ?? 0;
      return about(
        event.ticket,
        `worked ${duration(entry?.times.agentMs ?? 0)}, ${files} file${files === 1 ? '' : 's'} changed; waits to land`,
      );
    }
    case 'landing.check-started':
      return isIntake(event.ticket)
        ? about(event.ticket, paint.dim('the checks run on the merge …'))
        : [];
    case 'landing.verified': {
      const flaky = event.verdict.results.filter((result) => result.flaky);
      return flaky.length > 0
        ? about(
            event.ticket,
            paint.yellow(
              `flaky: ${clean(flaky.map(({ command }) => command).join(', '))} failed once and passed when tried again`,
            ),
          )
        : [];
    }
    case 'landing.conflicted':
      return about(
        event.ticket,
        paint.yellow(
          `conflicts in ${clean(event.files.slice(0, 3).join(', '))} with what landed meanwhile`,
        ),
      );
    case 'landing.set-aside':
      return about(
        event.ticket,
        paint.dim(
          `waits for ${clean(event.behind)}, which lands before it: ${event.files.length > 0 ? `both change ${clean(event.files.slice(0, 3).join(', '))}` : 'it has the same changes'}`,
        ),
      );
    case 'landing.limited':
      return [
        paint.yellow(
          `from now on ${event.slots} verification${event.slots === 1 ? '' : 's'} at once: ${clean(event.failure.message)}`,
        ),
      ];
    case 'intake.queued':
      return about(
        event.ticket,
        `${clean(state.target)} moved to ${event.target.slice(0, 10)}; it is merged into ${state.branch}`,
      );
    case 'intake.left':
      return about(event.ticket, paint.yellow(`left: ${clean(event.failure.message)}`));
    case 'landing.landed':
      if (isIntake(event.ticket))
        return about(event.ticket, `${paint.green('merged')} ${event.commit.slice(0, 10)}`);
      return [
        ...about(
          event.ticket,
          `${paint.green('landed')} ${event.commit.slice(0, 10)} ${paint.dim(`(${countLanded(state)} of ${state.tickets.size})`)}`,
        ),
        ...mendedBy(event.ticket, state),
      ];
    case 'ticket.deferred':
      return about(
        event.ticket,
        `${paint.red('deferred')}: ${clean(event.failure.message)}${event.kept ? paint.dim('; its work is kept') : ''}`,
      );
    case 'ticket.released':
      return about(event.ticket, paint.yellow(`back to UNPROCESSED: ${clean(event.why)}`));
    case 'container.completed':
      return about(event.ticket, paint.green('completed with its last child'));
    case 'tickets.projected':
      return event.notes.map((note) => paint.yellow(clean(note)));
    case 'run.delivering':
      return [paint.dim(`delivering ${state.branch} to ${state.target} …`)];
    default:
      return [];
  }
}

const mendedBy = (ticket: string, { mended }: RunState) =>
  mended
    .filter((one) => one.ticket === ticket)
    .map(({ failures }) => `[${clean(ticket)}] mended for good: ${clean(someNames(failures))}`);

const ticketOf = (attempt: string) => attempt.slice(0, attempt.lastIndexOf('#'));

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
  if (slots > 1) {
    lines.push(
      paint.dim(
        `${slots} agents use tokens ${slots} times as fast; ${options.maxCostMicroUsd === undefined ? 'no cost limit is set (--max-cost USD)' : `cost limit ${(options.maxCostMicroUsd / 1e6).toFixed(2)} USD`}`,
      ),
    );
  }
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
