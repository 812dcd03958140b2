import type { Effect } from '../model/effect.js';
import type { EventDraft } from '../model/event.js';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { CandidateBuild } from '../model/intent.js';
import { createCommit, readCommit } from '../git/commits.js';
import { inheritAttributes, mergeTrees } from '../git/merge-tree.js';
import { replay } from './replay.js';
import type { CandidateDeps } from './candidate-deps.js';
import { holdCandidate } from './hold-candidate.js';
import { buildIntake } from './intake.js';
import { inTheWay } from './in-the-way.js';
import { undeclaredChanges } from './undeclared-changes.js';

/**
 * The effect that merges a ticket's work onto the run's branch without a checkout and makes the commit that would
 * land, pinned by a ref: one commit, or the agent's own one by one. The same intent makes the same objects. A merge
 * that would change what the ticket did not touch is refused: it would undo what others landed.
 */
export function createCandidateBuild(deps: CandidateDeps): Effect<'candidate.build'> {
  const perform: Effect<'candidate.build'>['perform'] = async (intent) => {
    const event = await (intent.attempt === undefined ? buildIntake : build)(deps, intent);
    const body: EventDraft = event.ok
      ? event.value
      : { type: 'landing.bounced', ticket: intent.ticket, why: 'failed', failure: event.failure };
    return [{ ...body, closes: intent.key }];
  };
  return { perform, reconcile: perform };
}

async function build(deps: CandidateDeps, intent: CandidateBuild): Promise<Result<EventDraft>> {
  const { onto, work, base } = intent;
  const { git, path: cwd } = deps.depot;
  const ours = intent.isOnWork ? await asIfOn(deps, intent) : success(onto);
  if (!ours.ok) return ours;
  const merged = await mergeTrees(deps.depot, ours.value, work);
  if (!merged.ok) return merged;
  if (merged.value.kind === 'conflict') {
    return inTheWay(deps.depot, intent, merged.value.files);
  }
  const { tree } = merged.value;
  const [made, checked] = await Promise.all([
    commitFor(deps, intent, tree),
    undeclaredChanges(git, cwd, { base, work, onto, candidate: tree }),
  ]);
  if (!made.ok) return made;
  if (!checked.ok) return checked;
  // The commit that was made of no change stays without a ref.
  if (checked.value.changed.length === 0) return inTheWay(deps.depot, intent, []);
  return holdCandidate(deps, intent, { commit: made.value, tree }, checked.value);
}

/**
 * A commit with the tree of `onto` that says it was made on `base`: merged with it, only what `work` did since `base`
 * is taken. `git merge-tree` before 2.40 cannot be told a base.
 */
async function asIfOn(
  { depot, identity }: CandidateDeps,
  { onto, base, at }: CandidateBuild,
): Promise<Result<Oid>> {
  const read = await readCommit(depot.git, depot.path, onto);
  if (!read.ok) return read;
  const { tree } = read.value;
  const draft = { tree, parents: [base], message: 'merge base\n', author: identity, at };
  const made = await createCommit(depot.git, depot.path, draft);
  if (made.ok) inheritAttributes(depot, onto, made.value);
  return made;
}

/** The last of the commits that hold the merged tree. Commits that do not apply one by one land as one. */
async function commitFor(
  { depot, identity }: CandidateDeps,
  intent: CandidateBuild,
  tree: Oid,
): Promise<Result<Oid>> {
  if (intent.commits.length > 0) {
    const onto = await readCommit(depot.git, depot.path, intent.onto);
    if (!onto.ok) return onto;
    const replayed = await replay({ depot, committer: identity, intent }, onto.value, tree);
    if (!replayed.ok) return replayed;
    if (replayed.value !== 'conflict') return success(replayed.value);
  }
  const { message, at, onto } = intent;
  const draft = { tree, parents: [onto], message, author: identity, at };
  return createCommit(depot.git, depot.path, draft);
}
