import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../git/git.js';
import type { Depot, Identity } from '../git/places.js';
import type { Clock } from '../model/clock.js';
import type { Result } from '../model/failure.js';
import type { LaneName, RunId } from '../model/ids.js';
import type { RunProcess } from '../process/process-spec.js';
import type { Secret } from '../process/redact.js';
import type { Mutex } from './mutex.js';

/** A worktree of the depot that attempts, or checks, use one after another. */
export interface Lane {
  readonly name: string;
  readonly path: string;
  /** Its variables: {@link laneEnvironment}. */
  readonly env: Readonly<Record<string, string>>;
}

/** What makes a fresh checkout usable. */
export interface Setup {
  /** Files and folders of the user's checkout, as simple patterns (`*`, `**`, `?`). */
  readonly copy: readonly string[];
  /** Lines for `sh -c`. */
  readonly run: readonly string[];
}

/** What lanes need of the world; one per run. */
export interface LaneYard {
  readonly depot: Depot;
  /** Holds the lanes: `$XDG_STATE_HOME/sage/<name>-<hash>`. */
  readonly root: string;
  /** The user's checkout, from which set-up copies. */
  readonly checkout: string;
  readonly run: RunId;
  readonly runDirectory: string;
  readonly identity: Identity;
  readonly setup: Setup;
  /** For set-up commands; the lane's own variables are added. */
  readonly env: Readonly<Record<string, string>>;
  readonly runProcess: RunProcess;
  /** What no work may hold that lands. Absent: nothing. */
  readonly secrets?: readonly Secret[];
  readonly clock: Clock;
  /** Ends what an earlier attempt may have left running in the lane; a failure names what would not end. */
  readonly noProcessLeft: (lane: Lane) => Promise<Result<unknown>>;
  /** Making, healing and removing lanes is done by one at a time. */
  readonly mutex: Mutex;
  /** Default: 30 minutes for each set-up command. */
  readonly setupLimitMs?: number;
}

/** Where a lane is, whether or not it has been made. */
export function laneAt(root: string, name: LaneName | string): Lane {
  const folder = real(root);
  const path = join(folder, name);
  return { name, path, env: laneEnvironment(folder, name) };
}

/** git names folders by their real path. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * What programs in a lane are told about it: its name, a range of 100 ports that no other lane is given (lane-N from
 * 20000 + 100·N, epic-N from 40000 + 100·N, other lanes from 30000 + 100·N) and a temporary folder that is emptied before each attempt.
 */
export function laneEnvironment(root: string, name: string): Readonly<Record<string, string>> {
  const [, kind = '', number = '0'] = /^([a-z]+)-(\d+)/.exec(name) ?? [];
  const first = FIRST_PORTS[kind] ?? 30_000;
  return {
    SAGE_LANE: name,
    SAGE_PORT_BASE: String(first + 100 * (Number(number) % 100)),
    TMPDIR: join(root, `${name}.tmp`),
  };
}

const FIRST_PORTS: Readonly<Record<string, number>> = { lane: 20_000, epic: 40_000 };

/** git as we call it in a lane: as the run's identity, and never led astray by what the lane's `.git` says. */
export const laneGit =
  (
    yard: Pick<LaneYard, 'depot' | 'identity'>,
    lane: Lane,
    link: { readonly gitDir: string },
  ): Git =>
  (args, call) =>
    yard.depot.git(args, {
      ...call,
      cwd: lane.path,
      env: {
        GIT_DIR: link.gitDir,
        GIT_WORK_TREE: lane.path,
        GIT_AUTHOR_NAME: yard.identity.name,
        GIT_AUTHOR_EMAIL: yard.identity.email,
        GIT_COMMITTER_NAME: yard.identity.name,
        GIT_COMMITTER_EMAIL: yard.identity.email,
        ...call.env,
      },
    });
