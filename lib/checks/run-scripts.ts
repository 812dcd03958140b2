import type { Effect } from '../model/effect.js';
import type { Failure, Result } from '../model/failure.js';
import { safeName, type RunId } from '../model/ids.js';
import type { ScriptsRun } from '../model/intent.js';
import type { TicketScript } from '../model/ticket.js';
import type { CheckResult } from '../model/work.js';
import type { ProcessEnd, RunProcess } from '../process/process-spec.js';
import type { CheckLane } from './check-lane.js';
import { readLog } from './read-log.js';
import { runCommand } from './run-command.js';
import { occursIn } from './success-pattern.js';

/** What a ticket's own scripts need of the world. */
export interface ScriptsDeps {
  readonly runProcess: RunProcess;
  /** The attempt's lane as the agent left it, standing on what was harvested. */
  readonly lane: (intent: ScriptsRun, cancel: AbortSignal) => Promise<Result<CheckLane>>;
  readonly env: Readonly<Record<string, string>>;
  readonly run: RunId;
  readonly runDirectory: string;
}

/**
 * The effect that runs the scripts a ticket brings, in order. All of them run, also after one that failed, so that
 * what is told about a partly done ticket is complete (decision D20). Trouble with the lane is told as a failure
 * and never as a failed script.
 */
export function createScriptsRun(deps: ScriptsDeps): Effect<'scripts.run'> {
  const perform: Effect<'scripts.run'>['perform'] = async (intent, cancel) => {
    const { attempt, key } = intent;
    const lane = await deps.lane(intent, cancel);
    const results: CheckResult[] = [];
    for (const [index, script] of intent.scripts.entries()) {
      const isRunnable = lane.ok && !cancel.aborted;
      results.push(
        isRunnable ? await runOne(deps, intent, lane.value, script, index, cancel) : notRun(script),
      );
    }
    const failure = lane.ok ? faultIn(results, cancel) : lane.failure;
    return [
      { type: 'scripts.finished', attempt, results, ...(failure ? { failure } : {}), closes: key },
    ];
  };
  // Scripts leave nothing behind but ignored files of their lane: running them again is the recovery.
  return { perform, reconcile: perform };
}

const cancelled: Failure = {
  code: 'run/cancelled',
  message: "The ticket's scripts were stopped because the run was cancelled.",
};

/** `sh` itself always starts in a sound lane, so a script that did not start is the world's fault. */
function faultIn(results: readonly CheckResult[], cancel: AbortSignal): Failure | undefined {
  if (cancel.aborted) return cancelled;
  const broken = results.find(({ outcome }) => outcome === 'not-started');
  return (
    broken && {
      code: 'lane/setup-failed',
      message: `The script "${broken.name}" could not be started in its lane.`,
      evidence: broken.tail,
    }
  );
}

const runOne = (
  deps: ScriptsDeps,
  intent: ScriptsRun,
  lane: CheckLane,
  script: TicketScript,
  index: number,
  cancel: AbortSignal,
) =>
  runCommand(
    {
      name: script.name,
      command: script.command,
      limitMs: script.timeoutMs,
      retries: script.retries,
      ...(script.successPattern ? { objection: lacks(script.successPattern) } : {}),
    },
    {
      runProcess: deps.runProcess,
      lane,
      env: deps.env,
      runDirectory: deps.runDirectory,
      logName: `${safeName(intent.key)}-${index + 1}`,
      marker: `${deps.run}/scripts`,
      cancel,
    },
  );

const notRun = (script: TicketScript): CheckResult => ({
  name: script.name,
  command: script.command,
  outcome: 'not-started',
  flaky: false,
  ms: 0,
  log: '',
  logHash: '',
  tail: '',
});

const lacks = (pattern: string) => async (log: string, end: ProcessEnd) =>
  occursIn(`${(await readLog(log)).text}\n${end.tail}`, pattern)
    ? undefined
    : `it ended with 0, but its output lacks "${pattern.slice(0, 200)}"`;
