import { randomBytes } from 'node:crypto';
import { createPaint } from '../../show/paint.js';
import { createReporter, type Reporter } from '../../show/reporter.js';
import type { Repository } from '../../git/places.js';
import { executeRun } from '../../run/execute-run.js';
import type { Survey } from '../../run/survey.js';
import type { Context } from '../context.js';
import type { StreamOptions } from '../options/stream.js';
import { listenForStops } from '../signals.js';
import { createSurroundings } from './surroundings.js';

/** `sage stream --auto`: begins a run, or goes on with one that was interrupted, and shows it until its end. */
export async function runStream(
  context: Context,
  repository: Repository,
  options: StreamOptions,
  look: () => Promise<Survey>,
): Promise<number> {
  const reporter = reporterFor(context, options);
  const surroundings = createSurroundings(context, repository, (attempt, message) =>
    reporter.message(attempt, message),
  );
  try {
    const outcome = await executeRun({
      surroundings,
      look,
      limit: options.limit,
      agent: options.overrides.agent,
      nonce: randomBytes(2).toString('hex'),
      say: (line) => context.stderr.line(line),
      onEvent: (event, state) => reporter.event(event, state),
      listen: (onStop) =>
        listenForStops(
          onStop,
          () => undefined,
          () => context.clock.monotonic(),
        ),
    });
    if (outcome.kind === 'nothing-to-do') context.stdout.line(outcome.message);
    return outcome.exitCode;
  } finally {
    reporter.close();
  }
}

function reporterFor(context: Context, options: StreamOptions): Reporter {
  const { stdout, clock } = context;
  const isLive = stdout.isTerminal && !options.plain && !context.environment.isDumbTerminal;
  return createReporter({
    form:
      options.format === 'json'
        ? 'json'
        : options.quiet
          ? 'quiet'
          : isLive && !context.environment.isCi
            ? 'terminal'
            : 'plain',
    write: (text) => stdout.write(text),
    stream: process.stdout,
    paint: createPaint(stdout.hasColour),
    now: () => clock.now(),
  });
}
