import { success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { Git } from './git.js';

/**
 * Which of these commits a branch holds, in two calls however many they are. A commit that is not here is held by nothing;
 * a branch that is not there holds nothing.
 */
export async function heldCommits(
  git: Git,
  cwd: string,
  commits: readonly Oid[],
  branch: string,
): Promise<Result<ReadonlySet<Oid>>> {
  if (commits.length === 0) return success(new Set());
  const ref = `refs/heads/${branch}`;
  const input = [ref, ...commits].map((name) => `${name}^{commit}\n`).join('');
  const there = await git(['cat-file', '--batch-check=%(objectname)'], { cwd, input });
  if (!there.ok) return there;
  const [head = '', ...answers] = there.value.stdout.split('\n');
  if (head.endsWith(' missing')) return success(new Set());
  const known = commits.filter((_, index) => !(answers[index] ?? ' missing').endsWith(' missing'));
  return commitsIn(git, cwd, known, oid(head));
}

/** Which of these commits, all of them here, are part of another one's history, in one call. */
export async function commitsIn(
  git: Git,
  cwd: string,
  commits: readonly Oid[],
  head: Oid,
): Promise<Result<ReadonlySet<Oid>>> {
  const beyond = await git(['rev-list', '--stdin'], {
    cwd,
    input: `${[...commits, `^${head}`].join('\n')}\n`,
  });
  if (!beyond.ok) return beyond;
  const outside = new Set(beyond.value.stdout.split('\n').map(oid));
  return success(new Set(commits.filter((commit) => !outside.has(commit))));
}
