import type { EventDraft } from '../../lib/model/event.js';
import type { CandidateBuild } from '../../lib/model/intent.js';
import type { Oid } from '../../lib/model/ids.js';
import { stepsOf, type EffectWorld } from './imagined-effects.js';
import type { ImaginedGit } from './imagined-git.js';

/** Builds what would land: a ticket's work, or the target as it stands now, onto the end of the chain. */
export async function build(parts: EffectWorld, intent: CandidateBuild): Promise<EventDraft[]> {
  const { git } = parts.world;
  const { own, child } = stepsOf(parts);
  const { ticket, onto, work, attempt, key: closes } = intent;
  if (parts.fails('candidate')) {
    const failure = { code: 'git/failed', message: 'no' } as const;
    return [{ type: 'landing.bounced', ticket, why: 'failed', failure, closes }];
  }
  const early =
    attempt === undefined ? await own(`${closes}: needed`, () => needless(git, intent)) : undefined;
  if (early) return [{ ...early, closes }];
  const merged = await own(`${closes}: merge`, () => mergeOnto(git, intent, onto));
  const tree = git.writeTree(merged.files);
  const isEmpty = attempt !== undefined && tree === git.commit(onto).tree;
  if (merged.conflicts.length > 0 || isEmpty) {
    const event = await own(`${closes}: what is in the way`, () => inTheWay(git, intent));
    return [{ ...event, closes }];
  }
  const parents = attempt === undefined ? [onto, work] : [onto];
  const message = `${intent.message}\n${intent.at}`;
  const commit = await child(`${closes}: commit`, () =>
    git.writeCommit({ parents, tree, message }),
  );
  await child(`${closes}: pin`, () => undefined);
  return [{ type: 'landing.prepared', ticket, onto, commit, tree, files: 1, closes }];
}

/** An intake of a target that was rewritten, or that the run holds already. */
function needless(git: ImaginedGit, intent: CandidateBuild): EventDraft | undefined {
  const { ticket, work, base, onto } = intent;
  if (!git.isAncestor(base, work)) {
    const failure = { code: 'land/target-moved', message: 'rewritten' } as const;
    return { type: 'intake.left', ticket, isRewound: true, failure };
  }
  return git.isAncestor(work, onto) ? { type: 'intake.contained', ticket } : undefined;
}

function mergeOnto(git: ImaginedGit, { attempt, base, work }: CandidateBuild, onto: Oid) {
  const from = attempt === undefined ? git.mergeBase(work, onto) : base;
  return git.merge(git.treeOf(from), git.treeOf(onto), git.treeOf(work));
}

/** The first of the tip and what is ahead that the work does not fit onto, or that leaves nothing of it. */
function inTheWay(git: ImaginedGit, intent: CandidateBuild): EventDraft {
  const { ticket, attempt, onto } = intent;
  const { tip = onto, ahead = [] } = intent.isOnWork ? {} : intent;
  const places = [tip, ...ahead.map(({ commit }) => commit)];
  for (const [at, place] of places.entries()) {
    const { files, conflicts } = mergeOnto(git, intent, place);
    const isEmpty = attempt !== undefined && git.writeTree(files) === git.commit(place).tree;
    if (conflicts.length === 0 && !isEmpty) continue;
    const before = ahead[at - 1];
    if (before)
      return { type: 'landing.set-aside', ticket, behind: before.ticket, files: conflicts };
    return conflicts.length > 0
      ? { type: 'landing.conflicted', ticket, onto: tip, files: conflicts }
      : { type: 'landing.emptied', ticket, onto: tip };
  }
  throw new Error(`nothing is in the way of ${ticket}`);
}
