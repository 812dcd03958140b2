import { createCommit } from '../git/commits.js';
import { restoreDepot } from '../git/depot.js';
import { changedPaths } from '../git/changed-paths.js';
import { editTree } from '../git/trees.js';
import { keepRefs } from '../git/vault.js';
import type { Effect } from '../model/effect.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { WorkHarvest } from '../model/intent.js';
import type { Harvest } from '../model/work.js';
import { dropTicketEdits } from './drop-edits.js';
import { attemptPath, keepGuestWork, type Kept } from './keep.js';
import { findLink } from './lane-link.js';
import { readLaneRecord, writeLaneRecord } from './lane-record.js';
import { laneAt, type Lane, type LaneYard } from './lane.js';
import { notHarvested } from './not-harvested.js';
import { bringOntoBase, type OnBase } from './lineage.js';
import { headMoves } from './reflog.js';
import { secretInChanges, secretInCommits } from './secret-in-work.js';
import { forgetLocks } from './stand.js';

const FILES_LISTED = 1_000;

/** What became of a harvest: also unusable work is kept, and its place told. */
interface Harvested {
  readonly harvest?: Harvest;
  readonly failure?: Failure;
}

/**
 * The effect that takes what an attempt left in its lane. Everything is kept first; then it is brought onto the base
 * as one commit, without edits of tickets. The lane's files stay as they are. Doing it again takes it again.
 */
export function createWorkHarvest(yard: LaneYard): Effect<'work.harvest'> {
  const perform: Effect<'work.harvest'>['perform'] = async (intent) => {
    const { attempt, key } = intent;
    const first = await tryHarvest(yard, intent);
    // A git that was killed, or found no memory, may do better now; what lasts fails alike.
    const told = isOutside(first) ? await tryHarvest(yard, intent) : first;
    const failure = told.failure && outside(laneAt(yard.root, intent.lane), told.failure);
    return [
      { type: 'work.harvested', attempt, ...told, ...(failure ? { failure } : {}), closes: key },
    ];
  };
  return { perform, reconcile: perform };
}

async function tryHarvest(yard: LaneYard, intent: WorkHarvest): Promise<Harvested> {
  const result = await harvest(yard, intent);
  return result.ok ? result.value : { failure: result.failure };
}

const isOutside = ({ failure }: Harvested) =>
  failure?.code === 'git/failed' || failure?.code === 'lane/not-harvested';

/** That git could not do its part is no fault of the work. */
const outside = (lane: Lane, failure: Failure): Failure =>
  failure.code === 'git/failed' ? notHarvested(lane, failure) : failure;

async function harvest(yard: LaneYard, intent: WorkHarvest): Promise<Result<Harvested>> {
  const lane = laneAt(yard.root, intent.lane);
  const quiet = await yard.noProcessLeft(lane);
  if (!quiet.ok) return quiet;
  const restored = await restoreDepot(yard.depot);
  if (!restored.ok) return restored;
  const link = await findLink(yard, lane);
  if (!link) return failed(gone(lane, intent));
  // The next round, if there is one, works in this lane as it is.
  await forgetLocks(link);
  const moves = await headMoves(link);
  const kept = await keepGuestWork(yard, lane, link, { ...intent, run: yard.run });
  if (!kept.ok) return failed(notHarvested(lane, kept.failure));
  const record = await readLaneRecord(lane);
  if (record.guest?.attempt === intent.attempt) {
    await writeLaneRecord(lane, { ...record, guest: { ...record.guest, isHarvested: true } });
  }
  const nothing = withoutWork(intent, kept.value, restored.value);
  const { halfDone } = kept.value.snapshot;
  if (halfDone !== undefined) {
    return success({ harvest: nothing, failure: unusable(intent, halfDone, kept.value) });
  }
  const onBase = await bringOntoBase(yard.depot, intent.base, kept.value, moves);
  if (!onBase.ok) return success({ harvest: nothing, failure: onBase.failure });
  const { commits, notes, source } = onBase.value;
  if (source !== undefined) {
    const held = await keepRefs(yard.depot, [{ name: kept.value.ref, oid: source }]);
    if (!held.ok) return success({ harvest: nothing, failure: held.failure });
  }
  const made = await makeWork(yard, intent, onBase.value, record.products);
  if (!made.ok) return success({ harvest: nothing, failure: made.failure });
  const { work, files, dropped, isEdited } = made.value;
  const secrets = yard.secrets ?? [];
  const found =
    work === undefined || secrets.length === 0
      ? success(undefined)
      : await secretInChanges(yard.depot, secrets, intent.base, work);
  if (!found.ok) return success({ harvest: nothing, failure: found.failure });
  if (found.value !== undefined) {
    return success({ harvest: nothing, failure: secretInWork(intent, found.value, kept.value) });
  }
  const inHistory =
    work === undefined || secrets.length === 0
      ? success(undefined)
      : await secretInCommits(yard.depot, secrets, commits);
  if (!inHistory.ok) return success({ harvest: nothing, failure: inHistory.failure });
  return success({
    harvest: {
      ...nothing,
      ...(work === undefined ? {} : { work }),
      // Commits with dropped edits or a secret in them cannot land as they are.
      commits: work === undefined || isEdited || inHistory.value !== undefined ? [] : commits,
      files: files.slice(0, FILES_LISTED),
      filesTotal: files.length,
      droppedTicketEdits: dropped,
      notes: [...nothing.notes, ...notes],
    },
  });
}

const withoutWork = ({ base }: WorkHarvest, kept: Kept, restored: readonly string[]): Harvest => ({
  commits: [],
  base,
  files: [],
  filesTotal: 0,
  hadLeftovers: kept.hadLeftovers,
  droppedTicketEdits: [],
  kept: kept.ref,
  notes: [...kept.notes, ...restored.flatMap(restoredNote)],
});

/** Of what was put back only what somebody may look for is told. */
function restoredNote(name: string): readonly string[] {
  if (name === 'refs/stash') return [STASH_OPENED];
  if (!name.startsWith('refs/')) return [];
  return [
    `a ref ${name} stood in the way of sage's own; what it named is kept: sage rescue --list`,
  ];
}

const STASH_OPENED =
  'somebody opened `git stash`, which is closed in lanes; what was stashed is kept below refs/sage/aside/stash/';

interface Work {
  readonly work?: Oid;
  readonly files: readonly string[];
  readonly dropped: readonly string[];
  /** The tree is not the one that the agent left. */
  readonly isEdited: boolean;
}

/** The one commit on the base, under `refs/sage/work/…` unless it is the kept one; none when the tree says the same as the base. */
async function makeWork(
  yard: LaneYard,
  intent: WorkHarvest,
  { tree: left, commits, isOne }: OnBase,
  products: readonly string[],
): Promise<Result<Work>> {
  const { git, path: cwd } = yard.depot;
  const found = await changedPaths(git, cwd, intent.base, left);
  if (!found.ok) return found;
  const cleaned = await dropTicketEdits(yard.depot, intent.base, left, found.value);
  if (!cleaned.ok) return cleaned;
  const edits = products.map((path) => ({ path, remove: true }) as const);
  const edited =
    edits.length === 0
      ? success(cleaned.value.tree)
      : await editTree(yard.depot, cleaned.value.tree, edits);
  if (!edited.ok) return edited;
  const tree = edited.value;
  const { dropped } = cleaned.value;
  const isEdited = tree !== left;
  const changes = isEdited ? await changedPaths(git, cwd, intent.base, tree) : found;
  if (!changes.ok) return changes;
  if (changes.value.length === 0) return success({ files: [], dropped, isEdited });
  const files = changes.value.map((change) => change.path);
  // What was kept is the work already: it needs no second name.
  if (isOne && !isEdited && commits[0] !== undefined) {
    return success({ work: commits[0], files, dropped, isEdited });
  }
  const work = await createCommit(git, cwd, {
    tree,
    parents: [intent.base],
    message: `Work of ${intent.attempt}\n`,
    author: yard.identity,
    at: new Date(yard.clock.now()).toISOString(),
  });
  if (!work.ok) return work;
  const path = attemptPath(yard.run, intent.ticket, intent.attempt);
  const name = `refs/sage/work/${path}`;
  const held = await keepRefs(yard.depot, [{ name, oid: work.value }]);
  if (!held.ok) return held;
  return success({ work: work.value, files, dropped, isEdited });
}

const unusable = (intent: WorkHarvest, what: string, kept: Kept): Failure => ({
  code: 'agent/unusable-work',
  message: `${intent.attempt} left ${what}. Everything is kept: ${kept.ref}.`,
  hint: `\`sage rescue ${intent.ticket}\` puts it on a branch.`,
});

const secretInWork = (intent: WorkHarvest, name: string, kept: Kept): Failure => ({
  code: 'land/secret-in-work',
  message: `The work of ${intent.attempt} holds ${name}, so nothing of it lands. Everything is kept: ${kept.ref}.`,
  hint: `\`sage rescue ${intent.ticket}\` puts it on a branch; take the key out before you publish that.`,
});

const gone = (lane: Lane, { attempt }: WorkHarvest): Failure => ({
  code: 'agent/unusable-work',
  message: `The lane ${lane.path} of ${attempt} is gone or broken beyond mending; what is left of it stays where it is.`,
  hint: 'Files that are still there are put aside, never deleted, when the lane is made anew.',
  where: { file: lane.path },
});
