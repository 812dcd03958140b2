import type { ChildProcess } from 'node:child_process';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import { openProgram, runProgram } from './run-program.js';
import type { StandingGits } from './standing-git.js';

/** How to call git: always an explicit folder; the environment is {@link gitEnvironment} plus `env`. */
export interface GitCall {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers, not failures. Default: only 0. */
  readonly okCodes?: readonly number[];
}

export interface GitAnswer {
  readonly code: number;
  /** As UTF-8, without the final newline. */
  readonly stdout: string;
  /** Exactly what was printed: names of files need not be UTF-8. */
  readonly bytes: Buffer;
  readonly stderr: string;
}

/** The base environment for every git call: set once by cli/compose from the user's, scrubbed of git's own variables. */
export type GitEnvironment = Readonly<Record<string, string>>;

/**
 * Settings for our own calls: no hooks, no signing, no watcher, no maintenance in the background, and what is written
 * is on disk before git answers (by default git 2.39 syncs neither loose objects nor refs). One by one: in a batch a few
 * objects take twice as long, by the folder that is made for it.
 */
const SETTINGS: GitEnvironment = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.fsync': 'committed,loose-object,reference',
  'core.fsyncMethod': 'fsync',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'commit.gpgSign': 'false',
  'i18n.commitEncoding': 'utf-8',
  'submodule.recurse': 'false',
};

const OURS: GitEnvironment = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
  ...settingsAsEnvironment(SETTINGS),
};

/** Runs git. A code outside `okCodes` is a `git/failed` failure that says what git said; never throws for it. */
export interface Git {
  (args: readonly string[], call: GitCall): Promise<Result<GitAnswer>>;
  /** Starts a git that is talked to for long; what it says beside its answers is lost. May throw. */
  readonly start?: (args: readonly string[], cwd: string) => ChildProcess;
  /** Gits that stand ready in one folder, for what they can do; see standing-gits.ts. */
  readonly standing?: StandingGits;
}

/** A git runner over a base environment (PATH, HOME, …), from which git's own variables have been removed. */
export function createGit(base: GitEnvironment): Git {
  const environment = { ...withoutGitVariables(base), ...OURS };
  const run: Git = async (args, call) => {
    const { cwd, env, input } = call;
    const answer = await runProgram('git', args, {
      cwd,
      env: env === undefined ? environment : { ...environment, ...env },
      ...(input === undefined ? {} : { input }),
    });
    const { code, signal, stdout: bytes } = answer;
    const stderr = answer.stderr.toString('utf8').trim();
    if ((call.okCodes ?? [0]).includes(code)) {
      return success({ code, bytes, stderr, stdout: bytes.toString('utf8').replace(/\n$/, '') });
    }
    const told = stderr || answer.error || (signal ? '' : `ended with code ${code}`);
    const said = [...(signal ? [`${KILLED}${signal}`] : []), ...(told ? [told] : [])].join('; ');
    return failed({
      code: 'git/failed',
      message: `git ${args.slice(0, 3).join(' ')}: ${said.slice(0, 2_000)}`,
      where: { file: call.cwd },
    });
  };
  const start: Git['start'] = (args, cwd) => openProgram('git', args, { cwd, env: environment });
  return Object.assign(run, { start });
}

const KILLED = 'it was ended by ';

/** Whether a git of ours did not come to its end, so that what it locked is still locked. */
export const wasKilled = ({ code, message }: Failure): boolean =>
  code === 'git/failed' && message.includes(`: ${KILLED}SIG`);

/** Settings as the variables by which git takes them for one call; they win over every file. */
function settingsAsEnvironment(settings: Readonly<Record<string, string>>): GitEnvironment {
  const variables: Record<string, string> = {
    GIT_CONFIG_COUNT: String(Object.keys(settings).length),
  };
  Object.entries(settings).forEach(([key, value], index) => {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return variables;
}

function withoutGitVariables(base: GitEnvironment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(base).filter(
      ([name]) => !/^GIT_/.test(name) || /^GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL)$/.test(name),
    ),
  );
}
