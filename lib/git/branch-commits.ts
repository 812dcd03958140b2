import { success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import { trailersOf } from '../model/commit-trailers.js';
import type { Git } from './git.js';

/** A commit as git has it. */
export interface BranchCommit {
  readonly commit: Oid;
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly subject: string;
  /** Values of its `Land-Id` trailers. */
  readonly landIds: readonly string[];
}

/** The commits of `tip` (an id or a ref) that `base` lacks, the oldest first; `firstParent`: along first parents only. */
export async function branchCommits(
  git: Git,
  cwd: string,
  base: Oid,
  tip: string,
  walk: 'first-parent' | 'all',
): Promise<Result<readonly BranchCommit[]>> {
  const answer = await git(
    [
      'rev-list',
      '--reverse',
      '--topo-order',
      ...(walk === 'first-parent' ? ['--first-parent'] : []),
      '--no-commit-header',
      '--format=%H %T %P%n%B%x00',
      tip,
      `^${base}`,
    ],
    { cwd },
  );
  if (!answer.ok) return answer;
  const entries = answer.value.stdout.split('\0').map((entry) => entry.trimStart());
  return success(entries.filter((entry) => entry !== '').map(commitOf));
}

function commitOf(entry: string): BranchCommit {
  const end = entry.indexOf('\n');
  const [commit, tree, ...parents] = entry.slice(0, end).trim().split(' ');
  return {
    commit: oid(commit ?? ''),
    tree: oid(tree ?? ''),
    parents: parents.filter(Boolean).map(oid),
    subject: entry.slice(end + 1).split('\n', 1)[0] ?? '',
    landIds: trailersOf(entry.slice(end + 1))
      .filter(([name]) => name === 'Land-Id')
      .map(([, value]) => value),
  };
}
