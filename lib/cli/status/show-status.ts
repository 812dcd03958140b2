import type { RunState } from '../../engine/state.js';
import type { RunEvent } from '../../model/event.js';
import type { RunStatus } from '../../model/status-schema.js';
import type { RunWatch } from '../../run/watch-run.js';
import { changeLines, landedOf, shortStanding } from '../../show/change-lines.js';
import { createPaint } from '../../show/paint.js';
import { statusText } from '../../show/status-text.js';
import { summaryText } from '../../show/summary-text.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';

/** How long a follower waits for word of the journal before it looks by itself, also whether the run's process lives. */
const LOOK_MS = 1_000;

/** Prints how a run stands now. */
export function showStatus(context: Context, status: RunStatus, asJson: boolean): void {
  const { stdout, clock } = context;
  stdout.line(
    asJson
      ? JSON.stringify(status, null, 2)
      : statusText(status, {
          paint: createPaint(stdout.hasColour),
          width: stdout.columns(),
          now: clock.now(),
        }),
  );
}

interface Following {
  /** Absent: to the end. */
  readonly limitMs?: number;
  readonly asJson: boolean;
  readonly isPlain: boolean;
}

/** What a follower prints. */
interface Voice {
  begin(status: RunStatus, state: RunState | undefined): void;
  event(event: RunEvent, state: RunState): void;
  /** The run has ended, died or was suspended. */
  end(status: RunStatus): void;
  close(): void;
}

/**
 * Follows a run from how it stands now until its end, or for so long. Reads each record of the journal once, wakes when
 * it grows, and says nothing while nothing happens. Answers the run's own exit code, or that it still runs.
 */
export async function followRun(
  context: Context,
  watch: RunWatch,
  following: Following,
): Promise<number> {
  const { clock, stdout } = context;
  const giveUpAt = clock.monotonic() + (following.limitMs ?? Infinity);
  let status = await watch.read();
  const voice =
    following.limitMs !== undefined && !following.asJson
      ? briefVoice(context)
      : await fullVoice(context, following);
  try {
    voice.begin(status, watch.state);
    while (isGoingOn(status) && !stdout.isClosed()) {
      const left = giveUpAt - clock.monotonic();
      if (left <= 0) {
        if (!following.asJson && watch.state) {
          stdout.line(`still ${status.state}: ${landedOf(watch.state)}`);
        }
        return exitCode.stillRunning;
      }
      await watch.grown(Math.min(left, LOOK_MS));
      status = await watch.read((event, state) => voice.event(event, state));
    }
    voice.end(status);
    return endCode(status);
  } finally {
    voice.close();
  }
}

const isGoingOn = ({ state, pid }: RunStatus) =>
  state === 'running' ||
  state === 'paused' ||
  state === 'stopping' ||
  (state === 'suspended' && pid !== undefined);

function endCode({ state, summary }: RunStatus): number {
  if (summary) return summary.exitCode;
  return state === 'died' ? exitCode.cancelled : exitCode.unlanded;
}

/** Few words: what changed. Its reader calls again and again, and pays for each of them. */
function briefVoice({ stdout }: Context): Voice {
  const paint = createPaint(stdout.hasColour);
  return {
    begin(status, state) {
      if (!isGoingOn(status) || !state) return;
      const manner = status.state === 'running' ? '' : `${status.state}: `;
      stdout.line(`${manner}${shortStanding(state)}`);
    },
    event(event, state) {
      for (const line of changeLines(event, state, paint)) stdout.line(line);
    },
    end: (status) => ended({ stdout }, status),
    close: () => undefined,
  };
}

/** The same as in the run's own terminal: lines and a live status there, public events for a program. */
async function fullVoice(context: Context, { asJson, isPlain }: Following): Promise<Voice> {
  const { stdout, clock } = context;
  const { createReporter } = await import('../../show/reporter.js');
  const isLive = stdout.isTerminal && !isPlain && !context.environment.isDumbTerminal;
  const reporter = createReporter({
    form: asJson ? 'json' : isLive ? 'live' : 'plain',
    write: (text) => stdout.write(text),
    hasBell: false,
    size: () => ({ columns: stdout.columns() || 80, rows: stdout.rows() || 24 }),
    paint: createPaint(stdout.hasColour),
    now: () => clock.now(),
  });
  let hasSummary = false;
  return {
    begin(status) {
      if (!asJson && isGoingOn(status)) showStatus(context, status, false);
    },
    event(event, state) {
      hasSummary ||= event.type === 'run.finished';
      reporter.event(event, state);
    },
    end(status) {
      reporter.close();
      if (asJson) {
        if (!hasSummary) stdout.line(JSON.stringify(status));
      } else if (!hasSummary) ended(context, status);
    },
    close: () => reporter.close(),
  };
}

/** The summary, or why there is none. */
function ended({ stdout }: Pick<Context, 'stdout'>, status: RunStatus): void {
  const paint = createPaint(stdout.hasColour);
  const view = { paint, width: stdout.columns(), now: Date.parse(status.at ?? '') };
  stdout.line(
    status.summary ? summaryText(status.summary, paint).trim() : statusText(status, view),
  );
}
