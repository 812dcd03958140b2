import { createCommit, isAncestor, mergeBase } from '../git/commits.js';
import { mergeTrees } from '../git/merge-tree.js';
import type { EventDraft } from '../model/event.js';
import { success, type Result } from '../model/failure.js';
import type { CandidateBuild } from '../model/intent.js';
import type { CandidateDeps } from './candidate-deps.js';
import { holdCandidate } from './hold-candidate.js';
import { inTheWay } from './in-the-way.js';
import { undeclaredChanges } from './undeclared-changes.js';

/**
 * Builds an intake (decision D4): a merge commit of the run's branch, its first parent, and of the target as it stands
 * now. A target that lacks commits which it had is left alone; one that the run's branch holds needs nothing.
 */
export async function buildIntake(
  deps: CandidateDeps,
  intent: CandidateBuild,
): Promise<Result<EventDraft>> {
  const { ticket, onto, work, base: from, message, at } = intent;
  const { depot, identity } = deps;
  const { git, path: cwd } = depot;
  const pinned = await deps.pin(work);
  if (!pinned.ok) return pinned;
  const grew = await isAncestor(git, cwd, from, work);
  if (!grew.ok) return grew;
  if (!grew.value) return success(rewound(intent));
  const isThere = await isAncestor(git, cwd, work, onto);
  if (!isThere.ok) return isThere;
  if (isThere.value) return success({ type: 'intake.contained', ticket });

  const merged = await mergeTrees(depot, onto, work);
  if (!merged.ok) return merged;
  if (merged.value.kind === 'conflict') return inTheWay(depot, intent, merged.value.files);
  const { tree } = merged.value;
  const draft = { tree, parents: [onto, work], message, author: identity, at };
  const made = await createCommit(git, cwd, draft);
  if (!made.ok) return made;
  const commit = made.value;
  const base = await mergeBase(git, cwd, onto, work);
  if (!base.ok) return base;
  const steps = { base: base.value ?? from, work, onto, candidate: commit };
  const checked = await undeclaredChanges(git, cwd, steps);
  if (!checked.ok) return checked;
  return holdCandidate(deps, intent, { commit, tree }, checked.value);
}

const rewound = ({ ticket, base, work }: CandidateBuild): EventDraft => ({
  type: 'intake.left',
  ticket,
  isRewound: true,
  failure: {
    code: 'land/target-moved',
    message: `the target was at ${base.slice(0, 12)} and stands at ${work.slice(0, 12)} now, which does not hold that: it was rewound or rewritten`,
  },
});
