import { branchCommits, type BranchCommit } from '../git/branch-commits.js';
import { isAncestor } from '../git/commits.js';
import type { Depot, Repository } from '../git/places.js';
import { readRef, setRef } from '../git/refs.js';
import { keepRefs } from '../git/vault.js';
import { success, type Result } from '../model/failure.js';
import { isIntake, ticketId, type Oid, type RunId, type TicketId } from '../model/ids.js';

/** What a run landed, as its branch tells it. */
export interface LandedBranch {
  /** The last commit that carries a `Land-Id` of the run; the base where there is none. */
  readonly tip: Oid;
  /** From the base to the tip, the oldest first. */
  readonly commits: readonly BranchCommit[];
  readonly notes: readonly string[];
}

/** A ticket that a commit on a run's branch says it is. */
export interface LandedTicket {
  readonly id: TicketId;
  readonly title: string;
  readonly commit: Oid;
}

/** The run's tickets among commits, by their `Land-Id`s: neither its bookkeeping nor its intakes. */
export function landedTickets(run: RunId, commits: readonly BranchCommit[]): LandedTicket[] {
  return commits.flatMap(({ commit, subject: title, landIds }) =>
    landIds
      .filter((landId) => landId.startsWith(`${run}/`))
      .map((landId) => ticketId(landId.slice(run.length + 1)))
      .filter((id) => id !== 'bookkeeping' && !isIntake(id))
      .map((id) => ({ id, title, commit })),
  );
}

/** The tips of a run's branch: in the depot, where agents can move it, and as it was published. */
export async function branchTips(
  { git, root }: Repository,
  depot: Depot,
  run: RunId,
): Promise<Result<{ readonly own?: Oid; readonly published?: Oid }>> {
  const own = await readRef(depot.git, depot.path, `refs/heads/sage/${run}`);
  if (!own.ok) return own;
  const published = await readRef(git, root, `refs/heads/sage/${run}`);
  if (!published.ok) return published;
  return success({
    ...(own.value === undefined ? {} : { own: own.value }),
    ...(published.value === undefined ? {} : { published: published.value }),
  });
}

/**
 * Reads off a run's branch what landed, its journal being of no use: the depot's branch or the published one, whichever is
 * ahead, each up to its last `Land-Id` of the run. Where they tell different histories the published one is right, since
 * no agent's git reaches it. What else the depot's branch held is put aside, and the branch put back.
 */
export async function readLandedBranch(
  repository: Repository,
  depot: Depot,
  run: RunId,
  base: Oid,
): Promise<Result<LandedBranch>> {
  const tips = await branchTips(repository, depot, run);
  if (!tips.ok) return tips;
  const { own, published } = tips.value;
  const mine = await cut(depot, run, base, own);
  if (!mine.ok) return mine;
  const theirs = await cut(depot, run, base, published);
  if (!theirs.ok) return theirs;
  const isAhead = await isAncestor(depot.git, depot.path, theirs.value, mine.value);
  if (!isAhead.ok) return isAhead;
  const tip = isAhead.value ? mine.value : theirs.value;
  const commits = await branchCommits(depot.git, depot.path, base, tip, 'all');
  if (!commits.ok) return commits;
  if (own === tip) return success({ tip, commits: commits.value, notes: [] });

  const branch = `sage/${run}`;
  const aside = `refs/sage/aside/${branch}/${own ?? ''}`;
  if (own !== undefined) {
    const kept = await keepRefs(depot, [{ name: aside, oid: own }]);
    if (!kept.ok) return kept;
  }
  const back = await setRef(depot.git, depot.path, `refs/heads/${branch}`, tip);
  if (!back.ok) return back;
  const what =
    own === undefined
      ? `the depot had no branch ${branch} any more; it was made again from the published one`
      : `the depot's branch ${branch} held more than what landed, or other things: it was put back to ${tip.slice(0, 12)}, and the rest is kept (${aside})`;
  return success({ tip, commits: commits.value, notes: [what] });
}

/** The last commit up to `tip` that carries a `Land-Id` of the run, else the base. */
async function cut(depot: Depot, run: RunId, base: Oid, tip: Oid | undefined) {
  if (tip === undefined) return success(base);
  const commits = await branchCommits(depot.git, depot.path, base, tip, 'all');
  if (!commits.ok) return commits;
  const last = commits.value
    .filter(({ landIds }) => landIds.some((id) => id.startsWith(`${run}/`)))
    .at(-1);
  return success(last?.commit ?? base);
}
