import { commitsBetween, isAncestor, mergeBase, readCommit } from '../git/commits.js';
import { mergeTrees } from '../git/merge-tree.js';
import type { Depot } from '../git/places.js';
import { failed, success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { Kept } from './keep.js';
import { amendedBases, leftByCheckout, type HeadMove } from './reflog.js';

/** An attempt's files as they would be on its base. */
export interface OnBase {
  readonly tree: Oid;
  /** The agent's own commits, where they stand on the base as they are. */
  readonly commits: readonly Oid[];
  /** All of it is the one commit, whose only parent is the base. */
  readonly isOne?: boolean;
  /** The commit that it was taken from, when that is not the kept one. */
  readonly source?: Oid;
  readonly notes: readonly string[];
}

/**
 * Brings what was kept onto the base, however its history looks:
 *
 *     HEAD is the base                     its files, as the one commit that holds what was left uncommitted
 *     HEAD descends from the base          its files, its commits
 *     HEAD is the base, nothing changed    the newest commits it left by a checkout, if any
 *     HEAD descends from an amended base   its files
 *     HEAD has an older commit in common   three-way merge onto the base; a conflict is a failure
 *     HEAD has nothing in common           its files
 */
export async function bringOntoBase(
  depot: Depot,
  base: Oid,
  kept: Kept,
  moves: readonly HeadMove[],
): Promise<Result<OnBase>> {
  const { git, path: cwd } = depot;
  const { head, tree } = kept.snapshot;
  if (kept.isEmpty) return fromElsewhere(depot, base, tree, moves);
  if (head === undefined) return success({ tree, commits: [], notes: [NO_HISTORY] });

  if (head === base) return success({ tree, commits: [kept.commit], isOne: true, notes: [] });
  const isOnBase = await isAncestor(git, cwd, base, head);
  if (!isOnBase.ok) return isOnBase;
  if (isOnBase.value) {
    const commits = await commitsBetween(git, cwd, base, kept.commit);
    return commits.ok ? success({ tree, commits: commits.value, notes: [] }) : commits;
  }
  for (const amended of amendedBases(base, moves).slice(1)) {
    const isOnIt = await isAncestor(git, cwd, amended, head);
    if (!isOnIt.ok) return isOnIt;
    if (isOnIt.value) return success({ tree, commits: [], notes: ['the base commit was amended'] });
  }
  const common = await mergeBase(git, cwd, base, kept.commit);
  if (!common.ok) return common;
  if (common.value === undefined) return success({ tree, commits: [], notes: [NO_HISTORY] });
  const merged = await mergeTrees(depot, base, kept.commit);
  if (!merged.ok) return merged;
  if (merged.value.kind === 'conflict') {
    return failed({
      code: 'agent/unusable-work',
      message: `The work stands on ${common.value.slice(0, 12)} instead of its base ${base.slice(0, 12)} and conflicts with it in ${merged.value.files.slice(0, 10).join(', ')}; it is kept: ${kept.ref}.`,
    });
  }
  const notes = ['the history was rewritten or left; the work was merged onto its base'];
  return success({ tree: merged.value.tree, commits: [], notes });
}

const NO_HISTORY = 'the history was replaced by a new one; the files were taken as they are';

/** The agent went back to where it began: what it committed elsewhere before is its work. */
async function fromElsewhere(
  { git, path: cwd }: Depot,
  base: Oid,
  tree: Oid,
  moves: readonly HeadMove[],
): Promise<Result<OnBase>> {
  for (const commit of leftByCheckout(moves)) {
    const isOnBase = await isAncestor(git, cwd, base, commit);
    const read = await readCommit(git, cwd, commit);
    if (!isOnBase.ok || !read.ok || !isOnBase.value || read.value.tree === tree) continue;
    const commits = await commitsBetween(git, cwd, base, commit);
    if (!commits.ok) return commits;
    const notes = [`the work was on a branch that was left again: ${commit.slice(0, 12)}`];
    return success({ tree: read.value.tree, commits: commits.value, source: commit, notes });
  }
  return success({ tree, commits: [], notes: [] });
}
