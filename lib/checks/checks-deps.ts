import type { Git } from '../git/git.js';
import type { Clock } from '../model/clock.js';
import type { Result } from '../model/failure.js';
import type { Oid, RunId } from '../model/ids.js';
import type { KnownFailures } from '../model/work.js';
import type { RunProcess } from '../process/process-spec.js';
import type { CheckLane } from './check-lane.js';
import type { VerdictCache } from './verdict-cache.js';

/** What the project's checks need of the world. */
export interface ChecksDeps {
  readonly runProcess: RunProcess;
  readonly git: Git;
  readonly clock: Clock;
  /** Makes a verification lane stand at exactly this commit: clean, set up, nothing of ours running in it. */
  readonly verificationLane: (
    name: string,
    commit: Oid,
    cancel: AbortSignal,
  ) => Promise<Result<CheckLane>>;
  /** Command lines, in order; empty: nothing is verified. */
  readonly commands: readonly string[];
  /** What else a verdict rests on now: set-up, copied files, variables. Asked before and after the checks. */
  readonly basis: () => Promise<readonly string[]>;
  /** What failed on the base and has not been mended since: no reason to reject a candidate. */
  readonly baseline: () => readonly KnownFailures[];
  /** False: a base that was found red by name before is checked anew. Default true. */
  readonly trustsKnownFailures?: boolean;
  /** For each command. */
  readonly limitMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly run: RunId;
  readonly runDirectory: string;
  readonly verdicts: VerdictCache;
}
