import { spawn } from 'node:child_process';
import type { Oid } from '../model/ids.js';
import type { Result } from '../model/failure.js';
import { success } from '../model/failure.js';
import type { Git } from './git.js';

const PLAIN = ['--no-ext-diff', '--no-textconv'];

/** What lies between two commits, as `git diff --stat` tells it. */
export async function diffStat(
  git: Git,
  path: string,
  { onto, commit }: { readonly onto: Oid; readonly commit: Oid },
  columns: number,
): Promise<Result<string>> {
  const args = ['diff', ...PLAIN, `--stat=${columns}`, onto, commit];
  const answer = await git(args, { cwd: path });
  return answer.ok ? success(answer.value.stdout) : answer;
}

/** The command that shows it whole; for people, and for {@link pageDiff}. */
export const diffCommand = (path: string, onto: string, commit: string): readonly string[] => [
  'git',
  `--git-dir=${path}`,
  'diff',
  ...PLAIN,
  onto,
  commit,
];

/**
 * Shows it whole on the terminal, through the user's pager, with the user's settings; settles when that was left. The
 * terminal is git's meanwhile: nobody else may read from it.
 */
export function pageDiff(
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const [file = 'git', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, { env: variables, stdio: 'inherit' });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}
