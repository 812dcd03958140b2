import type { ChalkInstance } from 'chalk';
import { someNames } from '../engine/some-names.js';
import type { RunState } from '../engine/state.js';
import type { RunEvent } from '../model/event.js';
import { isIntake } from '../model/ids.js';
import { aboutIn } from './about.js';
import { clean } from './clean.js';
import { duration } from './duration.js';
import { countLanded } from './public-events.js';

/** {@link eventLines} of what is about landing; undefined for all else. */
export function landingEventLines(
  event: RunEvent,
  state: RunState,
  paint: ChalkInstance,
): string[] | undefined {
  const about = aboutIn(paint);
  switch (event.type) {
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
    default:
      return undefined;
  }
}

const mendedBy = (ticket: string, { mended }: RunState) =>
  mended
    .filter((one) => one.ticket === ticket)
    .map(({ failures }) => `[${clean(ticket)}] mended for good: ${clean(someNames(failures))}`);
