import { candidateRef } from '../git/candidate-refs.js';
import { placeRef } from '../git/clear-ref-folders.js';
import { inheritAttributes, isAttributes } from '../git/merge-tree.js';
import type { CommitTree } from '../git/places.js';
import type { EventDraft } from '../model/event.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { CandidateBuild } from '../model/intent.js';
import type { CandidateDeps } from './candidate-deps.js';
import type { CandidateChanges } from './undeclared-changes.js';

/**
 * Pins a candidate by its ref and tells that it was built; refuses one that changes what its work did not touch.
 */
export async function holdCandidate(
  { depot }: CandidateDeps,
  intent: CandidateBuild,
  { commit, tree }: CommitTree,
  { changed, undeclared }: CandidateChanges,
): Promise<Result<EventDraft>> {
  const { ticket, onto, name } = intent;
  if (undeclared.length > 0) return failed(wouldUndo(intent, undeclared));
  if (!changed.some(isAttributes)) inheritAttributes(depot, onto, commit);
  const held = await placeRef(depot, candidateRef(name), commit);
  if (!held.ok) return held;
  return success({ type: 'landing.prepared', ticket, commit, tree, onto, files: changed.length });
}

const wouldUndo = ({ ticket }: CandidateBuild, paths: readonly string[]): Failure => ({
  code: 'internal/bug',
  message: `landing ${ticket} would change ${paths.length} path(s) that it did not touch, so it was stopped`,
  evidence: paths.slice(0, 50).join('\n'),
});
