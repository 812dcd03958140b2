import { execa } from 'execa';
import { failed, success, type Result } from '../model/failure.js';

/** How to call git: always an explicit folder; the environment is {@link gitEnvironment} plus `env`. */
export interface GitCall {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers, not failures. Default: only 0. */
  readonly okCodes?: readonly number[];
  readonly cancel?: AbortSignal;
}

export interface GitAnswer {
  readonly code: number;
  /** Without the final newline. */
  readonly stdout: string;
  readonly stderr: string;
}

/** The base environment for every git call: set once by cli/compose from the user's, scrubbed of git's own variables. */
export type GitEnvironment = Readonly<Record<string, string>>;

/** Settings for our own calls: no hooks, no prompts, no maintenance in the background, no translated messages. */
const OURS: GitEnvironment = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
  GIT_CONFIG_COUNT: '4',
  GIT_CONFIG_KEY_0: 'core.hooksPath',
  GIT_CONFIG_VALUE_0: '/dev/null',
  GIT_CONFIG_KEY_1: 'gc.auto',
  GIT_CONFIG_VALUE_1: '0',
  GIT_CONFIG_KEY_2: 'maintenance.auto',
  GIT_CONFIG_VALUE_2: 'false',
  GIT_CONFIG_KEY_3: 'commit.gpgSign',
  GIT_CONFIG_VALUE_3: 'false',
};

/** Runs git. A code outside `okCodes` is a `git/failed` failure that says what git said; never throws for it. */
export type Git = (args: readonly string[], call: GitCall) => Promise<Result<GitAnswer>>;

/** A git runner over a base environment (PATH, HOME, …), from which git's own variables have been removed. */
export function createGit(base: GitEnvironment): Git {
  const environment = { ...withoutGitVariables(base), ...OURS };
  return async (args, call) => {
    const outcome = await execa('git', args, {
      cwd: call.cwd,
      env: { ...environment, ...call.env },
      extendEnv: false,
      reject: false,
      ...(call.input === undefined ? { stdin: 'ignore' } : { input: call.input }),
      ...(call.cancel ? { cancelSignal: call.cancel } : {}),
      maxBuffer: 256 * 1024 * 1024,
    });
    const code = outcome.exitCode ?? -1;
    if ((call.okCodes ?? [0]).includes(code)) {
      return success({ code, stdout: outcome.stdout, stderr: outcome.stderr });
    }
    const said = outcome.stderr.trim() || outcome.shortMessage || `ended with code ${code}`;
    return failed({
      code: 'git/failed',
      message: `git ${args.slice(0, 3).join(' ')}: ${said.slice(0, 2_000)}`,
      where: { file: call.cwd },
    });
  };
}

function withoutGitVariables(base: GitEnvironment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(base).filter(
      ([name]) => !/^GIT_/.test(name) || /^GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL)$/.test(name),
    ),
  );
}
