import { trailersOf, withTrailers } from '../model/commit-trailers.js';
import { success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { CandidateBuild } from '../model/intent.js';
import { createCommit } from '../git/commits.js';
import { mergeTrees } from '../git/merge-tree.js';
import type { CommitTree, Depot, Identity } from '../git/places.js';
import { changedPaths, type PathChange } from '../git/changed-paths.js';
import { editTree, type TreeEdit } from '../git/trees.js';

/** Agents' edits of it never land: the harvest drops them from the work, but not from the agent's commits. */
const TICKETS = '.sage/tickets';

/** A commit of the agent's, as far as its copy keeps it. */
interface Original {
  readonly author: Identity;
  /** `@seconds +offset`. */
  readonly authoredAt: string;
  readonly message: string;
  readonly parent: Oid;
}

/** The next commit to make; without an original, it is what the agent left uncommitted. */
interface Step {
  readonly tree: Oid;
  readonly original?: Original;
}

/** What all steps share. */
interface Replay {
  readonly depot: Depot;
  readonly committer: Identity;
  readonly intent: CandidateBuild;
}

/**
 * Copies the agent's commits one by one onto `onto`, with their authors, messages and dates; the last one also gets
 * the intent's trailers. A merge lands as what it did to its first parent. The last tree is always `tree`, the merge of
 * all the work: what the commits do not hold follows as one commit of its own, and commits that change nothing are left
 * out. `conflict`: one of them does not apply by itself, although the whole does.
 */
export async function replay(
  context: Replay,
  onto: CommitTree,
  tree: Oid,
): Promise<Result<Oid | 'conflict'>> {
  const steps: Step[] = [];
  let reached = onto.tree;
  for (const commit of context.intent.commits) {
    const original = await readOriginal(context.depot, commit);
    if (!original.ok) return original;
    const picked = await pick(context, commit, original.value.parent, reached);
    if (!picked.ok) return picked;
    if (picked.value === 'conflict') return success('conflict');
    if (picked.value === reached) continue;
    reached = picked.value;
    steps.push({ tree: reached, original: original.value });
  }
  if (reached !== tree) steps.push({ tree });
  return write(context, onto.commit, steps);
}

async function write(
  { depot, committer, intent }: Replay,
  onto: Oid,
  steps: readonly Step[],
): Promise<Result<Oid>> {
  const { message: whole, at } = intent;
  let parent = onto;
  for (const [index, { tree, original }] of steps.entries()) {
    const isLast = index === steps.length - 1;
    const own = original?.message ?? whole;
    const made = await createCommit(depot.git, depot.path, {
      tree,
      parents: [parent],
      message: isLast && original ? withTrailers(own, trailersOf(whole)) : own,
      author: original?.author ?? committer,
      committer,
      at,
      ...(original ? { authoredAt: original.authoredAt } : {}),
    });
    if (!made.ok) return made;
    parent = made.value;
  }
  return success(parent);
}

/**
 * The tree of `commit`'s change on top of the tree `onto`. git 2.39's merge-tree takes no merge base: a stand-in with
 * that tree whose parent is `commit`'s own makes that one the merge base, which is exactly a cherry-pick.
 */
async function pick(
  context: Replay,
  commit: Oid,
  parent: Oid,
  onto: Oid,
): Promise<Result<Oid | 'conflict'>> {
  const standIn = await makeStandIn(context, onto, parent);
  if (!standIn.ok) return standIn;
  const change = await withoutTicketEdits(context, commit, parent);
  if (!change.ok) return change;
  const merged = await mergeTrees(context.depot, standIn.value, change.value);
  if (!merged.ok) return merged;
  return success(merged.value.kind === 'clean' ? merged.value.tree : 'conflict');
}

/** The commit itself, or one like it in which the tickets are as in its parent. */
async function withoutTicketEdits(context: Replay, commit: Oid, parent: Oid): Promise<Result<Oid>> {
  const { git, path } = context.depot;
  const edits = await changedPaths(git, path, parent, commit, TICKETS);
  if (!edits.ok) return edits;
  if (edits.value.length === 0) return success(commit);
  const tree = await editTree(context.depot, commit, edits.value.map(undo));
  return tree.ok ? makeStandIn(context, tree.value, parent) : tree;
}

function undo({ path, oldMode, oldId }: PathChange): TreeEdit {
  if (oldMode === '000000') return { path, remove: true };
  const mode = oldMode === '100755' || oldMode === '120000' ? oldMode : '100644';
  return { path, mode, blob: oldId };
}

/** A commit that only merge-tree sees. */
const makeStandIn = ({ depot, committer, intent }: Replay, tree: Oid, parent: Oid) =>
  createCommit(depot.git, depot.path, {
    tree,
    parents: [parent],
    message: 'stand-in',
    author: committer,
    at: intent.at,
  });

async function readOriginal({ git, path }: Depot, commit: Oid): Promise<Result<Original>> {
  const format = '--format=%P%x00%an%x00%ae%x00%ad%x00%B%x00';
  const args = ['rev-list', '--no-commit-header', '--no-walk', '--date=raw', format, commit];
  const answer = await git(args, { cwd: path });
  if (!answer.ok) return answer;
  const [parents = '', name = '', email = '', date = '', message = ''] =
    answer.value.stdout.split('\0');
  // What a merge commit did to its first parent is the work; where its second came from ends with the lane.
  const parent = parents.split(' ', 1)[0] ?? '';
  return success({
    author: { name, email },
    authoredAt: `@${date}`,
    message,
    parent: oid(parent),
  });
}
