import { mergeBase } from '../git/commits.js';
import type { Git } from '../git/git.js';
import { changedPaths } from '../git/changed-paths.js';
import { undeclaredChanges } from '../land/undeclared-changes.js';
import { success } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { CandidateBuild } from '../model/intent.js';
import type { Contradiction } from '../model/verification-schema.js';
import type { BranchCommit } from '../git/branch-commits.js';
import type { Claims } from './claims.js';

/**
 * Whether each landing changed only what its ticket's work changed: it deleted and reverted nothing of others. The
 * bookkeeping may change ticket files only.
 */
export async function checkChanges(
  git: Git,
  cwd: string,
  { landed, planned }: Claims,
  commits: readonly BranchCommit[],
): Promise<Contradiction[]> {
  const there = new Set(commits.map(({ commit }) => commit));
  const found: Contradiction[] = [];
  let onto = planned.base;
  for (const { ticket, commit, build } of landed) {
    if (!there.has(commit)) continue;
    const paths =
      ticket === undefined
        ? await outsideTickets(git, cwd, onto, commit)
        : build && (await strange(git, cwd, { ...build, onto }, commit));
    onto = commit;
    if (paths === undefined || paths.length === 0) continue;
    const shown = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ', …' : '');
    found.push({
      kind: 'change-undeclared',
      ...(ticket === undefined ? {} : { ticket }),
      message: `${ticket ?? 'the bookkeeping'}: ${commit.slice(0, 12)} changes ${paths.length} path(s) that the work did not touch: ${shown}`,
    });
  }
  return found;
}

async function strange(
  git: Git,
  cwd: string,
  { base, work, onto, attempt }: Pick<CandidateBuild, 'base' | 'work' | 'onto' | 'attempt'>,
  candidate: Oid,
): Promise<readonly string[] | undefined> {
  // An intake brings all that the target has since both had the same.
  const common = attempt === undefined ? await mergeBase(git, cwd, onto, work) : success(base);
  if (!common.ok) return undefined;
  const steps = { base: common.value ?? base, work, onto, candidate };
  const checked = await undeclaredChanges(git, cwd, steps);
  return checked.ok ? checked.value.undeclared : undefined;
}

async function outsideTickets(git: Git, cwd: string, from: Oid, to: Oid) {
  const changes = await changedPaths(git, cwd, from, to);
  if (!changes.ok) return undefined;
  return changes.value.map(({ path }) => path).filter((path) => !path.startsWith('.sage/tickets/'));
}
