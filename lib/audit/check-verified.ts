import type { Contradiction } from '../model/verification-schema.js';
import type { BranchCommit } from '../git/branch-commits.js';
import type { Claims } from './claims.js';

/**
 * Whether each tree that landed was found green by the checks; with `land.verify: tips`, each that was published as a
 * tip. Without checks there is nothing to ask.
 */
export function checkVerified(
  { landed, verdicts, planned }: Claims,
  commits: readonly BranchCommit[],
): { readonly verified: number; readonly contradictions: Contradiction[] } {
  if (!planned.options.hasChecks) return { verified: 0, contradictions: [] };
  const trees = new Map(commits.map(({ commit, tree }) => [commit, tree]));
  const contradictions: Contradiction[] = [];
  let verified = 0;
  const isTips = planned.options.landVerify === 'tips';
  for (const { ticket, commit, isInside } of landed) {
    if (isTips && isInside) continue;
    const tree = trees.get(commit);
    // The bookkeeping changes ticket states only; a commit that is missing is told elsewhere.
    if (ticket === undefined || tree === undefined) continue;
    if (verdicts.has(tree)) verified += 1;
    else {
      contradictions.push({
        kind: 'tree-unverified',
        ticket,
        message: `${ticket}: ${commit.slice(0, 12)} landed, and no green verdict of its tree ${tree.slice(0, 12)} is recorded`,
      });
    }
  }
  return { verified, contradictions };
}
