import { basename, join } from 'node:path';
import type { ProcessEnd, RunProcess } from '../process/process-spec.js';
import type { CheckResult } from '../model/work.js';
import type { CheckLane } from './check-lane.js';
import type { Judge, Opinion } from './judge.js';

/** One command line to run and judge. */
export interface CheckCommand {
  readonly name: string;
  /** For `sh -c`. */
  readonly command: string;
  readonly limitMs: number;
  /** Further tries before a failure counts. */
  readonly retries: number;
  /** Judges an end with exit code 0 further; answers what is wrong with it. */
  readonly objection?: (log: string, end: ProcessEnd) => Promise<string | undefined>;
  /** Tells the failures of a try that failed, and whether they are excused. */
  readonly judge?: Judge;
}

/** Where and how it runs. */
export interface CheckPlace {
  readonly runProcess: RunProcess;
  readonly lane: CheckLane;
  /** The user's environment; the lane's own variables are added. */
  readonly env: Readonly<Record<string, string>>;
  readonly runDirectory: string;
  /** Start of its logs' names, below `checks/` of the run directory; `-<try>.log` is added. */
  readonly logName: string;
  readonly marker: string;
  /** See ProcessSpec; absent: as we are. */
  readonly niceness?: number;
  readonly cancel: AbortSignal;
}

/**
 * Runs one command until it passes or its tries are used up, and tells the last try. A command that passes after a
 * failure is flaky; one that could not be started or was cancelled is `not-started` and not tried again. One whose
 * failures are excused need not pass.
 */
export async function runCommand(check: CheckCommand, place: CheckPlace): Promise<CheckResult> {
  let ms = 0;
  for (let attempt = 0; ; attempt += 1) {
    const log = join('checks', `${place.logName}${attempt === 0 ? '' : `-try${attempt + 1}`}.log`);
    const file = join(place.runDirectory, log);
    const end = await place.runProcess({
      file: 'sh',
      args: ['-c', check.command],
      cwd: place.lane.path,
      env: { ...place.env, ...place.lane.env },
      log: file,
      limitMs: check.limitMs,
      isPatient: true,
      cancel: place.cancel,
      ...(place.niceness === undefined ? {} : { niceness: place.niceness }),
      marker: `${place.marker}/${basename(place.logName)}/${attempt + 1}`,
    });
    ms += end.ms;
    const isZero = end.end.kind === 'exited' && end.end.code === 0;
    const objection = isZero ? await check.objection?.(file, end) : undefined;
    const outcome = outcomeOf(end, objection);
    const isRed = outcome === 'failed' || outcome === 'timed-out';
    const opinion = isRed && objection === undefined ? await check.judge?.(file, end) : undefined;
    const isExcused = opinion?.isExcused === true;
    const isEnded = outcome === 'passed' || outcome === 'not-started' || isExcused;
    const isFinal = isEnded || attempt >= check.retries;
    if (!isFinal && !place.cancel.aborted) continue;
    const notes = [
      ...(objection === undefined ? [] : [objection]),
      ...(opinion?.notes ?? []),
      ...(end.end.kind === 'signalled' ? [`ended by ${end.end.signal}`] : []),
      ...end.leftBehind.map((one) => `left a process behind, which was ended: ${one}`),
      ...(end.survivors ?? []).map((one) => `left a process behind that cannot be ended: ${one}`),
      ...(end.logError === undefined ? [] : [`its log is not complete: ${end.logError}`]),
    ];
    return {
      name: check.name,
      command: check.command,
      outcome,
      flaky: (outcome === 'passed' && attempt > 0) || opinion?.isFlaky === true,
      ...(end.end.kind === 'exited' ? { exitCode: end.end.code } : {}),
      ms: Math.round(ms),
      log,
      logHash: end.logHash,
      tail: end.tail,
      ...named(opinion),
      ...(notes.length > 0 ? { notes } : {}),
    };
  }
}

const named = ({ known, added, unnamed, lines }: Partial<Opinion> = {}) => ({
  ...(lines === undefined ? {} : { lines }),
  ...(known ? { known } : {}),
  ...(added ? { added } : {}),
  ...(unnamed === undefined ? {} : { unnamed }),
});

function outcomeOf({ end }: ProcessEnd, objection: string | undefined): CheckResult['outcome'] {
  switch (end.kind) {
    case 'exited':
      return end.code === 0 && objection === undefined ? 'passed' : 'failed';
    case 'signalled':
      return 'failed';
    case 'timed-out':
    case 'silent':
      return 'timed-out';
    case 'cancelled':
    case 'not-started':
      return 'not-started';
  }
}
