import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { createPaint } from '../../show/paint.js';
import { createReporter, type Reporter } from '../../show/reporter.js';
import type { LiveView } from '../../show/live/live-view.js';
import type { Backlog } from '../../model/backlog.js';
import type { Confirm } from '../../model/question.js';
import type { Repository } from '../../git/places.js';
import type { Command } from '../../model/command.js';
import { executeRun, resumeRun } from '../../run/execute-run.js';
import { interruptedConfirm } from '../../run/asking-run.js';
import type { ResumeRequest } from '../../run/run-request.js';
import { unfinishedRun } from '../../run/standing.js';
import type { Survey } from '../../run/survey.js';
import type { Context } from '../context.js';
import type { StreamOptions } from '../options/stream.js';
import { listenForStops } from '../signals.js';
import { takeSeat } from './seat.js';
import { isAtTerminal } from './at-terminal.js';
import { createSurroundings } from './surroundings.js';

/** How a run is shown. */
export interface Manner {
  readonly format: StreamOptions['format'];
  readonly quiet: boolean;
  readonly plain: boolean;
  readonly detached?: string;
  /** Where its human is asked, here or (step) from outside. */
  readonly confirm?: Confirm;
  readonly step?: true;
  /** Where lines are written, what agents say is among them. */
  readonly tellsAgents?: boolean;
}

/** `sage stream --auto` and the workflow tools: begins a run, or goes on with one that was interrupted, and shows it until its end. */
export function runStream(
  context: Context,
  repository: Repository,
  options: StreamOptions,
  look: () => Promise<Survey>,
  backlog: Backlog = 'tickets',
): Promise<number> {
  const manner = { ...options, tellsAgents: backlog !== 'tickets' };
  return shown(context, repository, manner, async (request) => {
    const outcome = await executeRun({
      ...request,
      look,
      backlog,
      limit: options.limit,
      agent: options.overrides.agent,
      nonce: randomBytes(2).toString('hex'),
    });
    if (outcome.kind === 'nothing-to-do') {
      // Who reads events line by line gets none.
      const out = options.format === 'json' ? context.stderr : context.stdout;
      out.line(outcome.message);
    }
    return outcome.exitCode;
  });
}

/** `sage resume`: goes on with a run that was interrupted, and shows it until its end. */
export async function resumeStream(
  context: Context,
  repository: Repository,
  manner: Manner,
): Promise<number> {
  const confirm = await interruptedConfirm(repository.commonDir);
  const { backlog } = (await unfinishedRun(repository.commonDir)) ?? {};
  const tellsAgents = backlog !== undefined && backlog !== 'tickets';
  const asWas = { ...manner, tellsAgents, ...(confirm ? { confirm } : {}) };
  return shown(context, repository, asWas, async (request) => {
    const outcome = await resumeRun(request);
    if (!outcome)
      context.stderr.line('No run was interrupted here; there is nothing to go on with.');
    return outcome?.exitCode ?? 0;
  });
}

async function shown(
  context: Context,
  repository: Repository,
  manner: Manner,
  run: (request: ResumeRequest) => Promise<number>,
): Promise<number> {
  keepYoungSpaceSmall();
  const prompter = await prompterFor(context, repository, manner);
  const reporter = reporterFor(context, manner, () => prompter?.aside());
  const announce =
    manner.detached === undefined
      ? undefined
      : (await import('./announce.js')).createAnnouncement(manner.detached);
  const { live } = reporter;
  const surroundings = createSurroundings(context, repository, (attempt, message) =>
    reporter.message(attempt, message),
  );
  try {
    return await run({
      surroundings,
      say: (line) => {
        // On the same terminal it would be written over the view, or behind a prompt.
        if (live && context.stderr.isTerminal) live.print(`${line}\n`);
        else if (prompter) prompter.beside(() => context.stderr.line(line));
        else context.stderr.line(line);
      },
      ring: () => reporter.ring(),
      onEvent: (event, state) => {
        reporter.event(event, state);
        announce?.(event, state);
        prompter?.event(state);
      },
      confirm: manner.confirm ?? 'nowhere',
      listen: (onCommand) => listen(context, live, onCommand),
    });
  } finally {
    prompter?.close();
    reporter.close();
  }
}

/** Signals, and the keys of a live view. */
function listen(
  context: Context,
  live: LiveView | undefined,
  onCommand: (command: Command) => void,
): Disposable {
  const stops = listenForStops(
    (stop) => onCommand({ ...stop, type: 'stop' }),
    () => seat?.[Symbol.dispose](),
    () => context.clock.monotonic(),
  );
  const seat =
    live &&
    takeSeat(live, (wish) => {
      if (wish.type === 'drain') stops.drain('key d');
      else onCommand({ type: 'cancel-tickets', tickets: [wish.ticket], by: 'key c' });
    });
  return {
    [Symbol.dispose]() {
      seat?.[Symbol.dispose]();
      stops[Symbol.dispose]();
    },
  };
}

/** Whoever sits here is asked here. */
async function prompterFor(context: Context, repository: Repository, manner: Manner) {
  const isAsked = manner.confirm !== undefined && !manner.step && manner.format !== 'json';
  if (!isAsked || !isAtTerminal(context)) return undefined;
  const { createPrompter } = await import('./prompter.js');
  return createPrompter(context, repository);
}

/**
 * A run waits most of the time, and what it makes is short-lived: room to be made more of between two collections buys
 * no speed, and a run of hours would keep it. Unlike V8's limits, this can still be said when the heap stands.
 */
function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

function reporterFor(context: Context, manner: Manner, beforeLines: () => void): Reporter {
  const { stdout, clock } = context;
  const { isDumbTerminal, isCi } = context.environment;
  const isSeat = stdout.isTerminal && !isDumbTerminal && !isCi;
  return createReporter({
    form:
      manner.format === 'json' && !manner.step
        ? 'json'
        : manner.quiet
          ? 'quiet'
          : isSeat && !manner.plain && !manner.confirm
            ? 'live'
            : 'plain',
    write: (text) => {
      beforeLines();
      stdout.write(text);
    },
    hasBell: isSeat,
    tellsAgents: manner.tellsAgents === true,
    size: () => ({ columns: stdout.columns() || 80, rows: stdout.rows() || 24 }),
    paint: createPaint(stdout.hasColour),
    now: () => clock.now(),
  });
}
