import type { Contradiction } from '../model/verification-schema.js';
import type { Oid } from '../model/ids.js';
import type { BranchCommit } from '../git/branch-commits.js';
import type { Claims } from './claims.js';

/**
 * Whether the branch holds what was claimed, in that order and nothing else: each claimed commit stands on the one
 * before it, carries its own `Land-Id` and the tree that was built; no commit is there that no record announces, and
 * none of the run's `Land-Id`s on a commit that never landed.
 */
export function checkBranch(claims: Claims, commits: readonly BranchCommit[]): Contradiction[] {
  const places = new Map(commits.map(({ commit }, place) => [commit, place]));
  const claimed = new Map(claims.landed.map((claim) => [claim.commit, claim]));
  const found: Contradiction[] = [];
  let before = -1;
  for (const claim of claims.landed) {
    const about = claim.ticket === undefined ? {} : { ticket: claim.ticket as string };
    const what = `${claim.ticket ?? 'the bookkeeping'}: ${claim.commit.slice(0, 12)}`;
    const place = places.get(claim.commit);
    if (place === undefined) {
      found.push({
        ...about,
        kind: 'commit-missing',
        message: `${what} is not on the run's branch, although the journal says that it landed`,
      });
      continue;
    }
    if (place <= before) {
      found.push({
        ...about,
        kind: 'commit-misplaced',
        message: `${what} stands before a commit that landed earlier`,
      });
    }
    before = Math.max(before, place);
    const commit = commits[place];
    if (claim.tree !== undefined && commit?.tree !== claim.tree) {
      found.push({
        ...about,
        kind: 'tree-unverified',
        message: `${what} holds tree ${commit?.tree.slice(0, 12)}, built was ${claim.tree.slice(0, 12)}`,
      });
    }
    if (!commit?.landIds.includes(claim.landId)) {
      found.push({
        ...about,
        kind: 'trailer-forged',
        message: `${what} does not carry "Land-Id: ${claim.landId}"`,
      });
    }
  }
  return [...found, ...unannounced(claims, commits, claimed)];
}

/** With `land.commits: keep` a ticket's own commits stand before the one that is claimed, without a trailer. */
function unannounced(
  { landed, planned }: Claims,
  commits: readonly BranchCommit[],
  claimed: ReadonlyMap<Oid, { readonly landId: string }>,
): Contradiction[] {
  const found: Contradiction[] = [];
  let waiting: BranchCommit[] = [];
  for (const commit of commits) {
    const claim = claimed.get(commit.commit);
    const forged = commit.landIds.filter(
      (id) => id.startsWith(`${planned.run}/`) && id !== claim?.landId,
    );
    for (const id of forged) {
      found.push({
        kind: 'trailer-forged',
        message: `${commit.commit.slice(0, 12)} says "Land-Id: ${id}", which ${landed.some(({ landId }) => landId === id) ? 'landed as another commit' : 'never landed'}`,
      });
    }
    waiting.push(commit);
    if (!claim) continue;
    if (planned.options.commits === 'squash') found.push(...strangers(waiting.slice(0, -1)));
    waiting = [];
  }
  return [...found, ...strangers(waiting)];
}

const strangers = (commits: readonly BranchCommit[]): Contradiction[] =>
  commits.map(({ commit }) => ({
    kind: 'commit-unannounced',
    message: `${commit.slice(0, 12)} is on the run's branch, and no record announces it`,
  }));
