import { createPaint } from '../../show/paint.js';
import { eventLines } from '../../show/event-lines.js';
import type { Repository } from '../../git/places.js';
import { deliverRun, type DeliveredRun } from '../../run/deliver-run.js';
import type { Context } from '../context.js';
import { listenForStops } from '../signals.js';
import { createSurroundings } from './surroundings.js';

/** Delivers a run; what is taken in and verified before is told as it happens, unless asked not to. */
export function deliverStream(
  context: Context,
  repository: Repository,
  asked: string | undefined,
  target: string | undefined,
  { isQuiet }: { readonly isQuiet: boolean },
): Promise<DeliveredRun> {
  const { stdout, stderr, clock } = context;
  const paint = createPaint(stdout.hasColour);
  return deliverRun(
    {
      surroundings: createSurroundings(context, repository, () => undefined),
      say: (line) => stderr.line(line),
      onEvent: (event, state) => {
        // What it came to is told at once after this one.
        const isTold = !isQuiet && event.type !== 'run.delivering';
        if (isTold) for (const line of eventLines(event, state, paint)) stdout.line(line);
      },
      // Whoever delivers sits there.
      ring: () => undefined,
      listen: (onCommand) =>
        listenForStops(
          (stop) => onCommand({ ...stop, type: 'stop' }),
          () => undefined,
          () => clock.monotonic(),
        ),
    },
    asked,
    target,
  );
}
