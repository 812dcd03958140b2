import { rm } from 'node:fs/promises';
import { isAncestor } from '../git/commits.js';
import { openDepot } from '../git/depot.js';
import type { Repository } from '../git/places.js';
import { readRef } from '../git/refs.js';
import { readCleaned } from '../journal/cleaned.js';
import type { Ownership } from '../journal/owner.js';
import type { JournalContent } from '../journal/read.js';
import { runDirectory } from '../journal/run-directory.js';
import { deliverNow, type Delivery } from '../land/deliver.js';
import { demand, Refusal } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import { clearUp } from './clear-up.js';
import { deliverable, newestDeliverable, type Deliverable } from './deliverable.js';
import { resumeRun } from './execute-run.js';
import { live } from './live.js';
import { ownRepository } from './own-repository.js';
import { knownRun } from './read-run.js';
import { readSummary } from './read-summary.js';
import { readRunFiles, writeJson } from './run-files.js';
import type { ResumeRequest } from './run-request.js';
import { findUnfinished, type Unfinished } from './unfinished.js';

/** What `sage deliver` did. */
export interface DeliveredRun extends Omit<Delivery, 'unpublished'> {
  /** Absent, with its branch, when no run has anything to deliver. */
  readonly run?: RunId;
  readonly branch?: string;
  readonly target: string;
}

/**
 * Delivers a finished run because somebody asked for it: the named one, else the newest that is not in its target yet.
 * Being asked, it moves main and master too. A target that moved is taken in before, as during a run: by the run itself,
 * which is opened again for that, so that all that is done is journaled. Refused while a run is going on here.
 */
export async function deliverRun(
  request: ResumeRequest,
  asked: string | undefined,
  target: string | undefined,
): Promise<DeliveredRun> {
  const { repository } = request.surroundings;
  await clearUp(request.surroundings);
  const taken = await takenUp(request, asked);
  if (taken) return taken;
  const found =
    asked === undefined
      ? await newestDeliverable(repository, target)
      : { run: await knownRun(repository.commonDir, asked), into: '' };
  if (found.run === undefined) return nothingWaits(found.into);
  const { run } = found;
  await using ownership = await ownRepository(request.surroundings, run);
  await ownership.checkFence();
  const known = await deliverable(repository, run);
  const to = target ?? known.target;
  const head = { run, branch: known.branch, target: to };
  if (known.told && to === known.target && (await isReopened(repository, known, run))) {
    return { ...words(await reopen(request, ownership, run, known.told)), ...head };
  }
  const depot = demand(await openDepot(repository));
  const delivery = await deliverNow(
    {
      repository,
      depot,
      branch: known.branch,
      ...(known.index ? { index: known.index } : {}),
    },
    known.tip,
    to,
    true,
  );
  await notePublished(repository, run, known.branch);
  return { ...words(delivery), ...head };
}

/** What is told of it. */
const words = ({ how, why, command }: Delivery) => ({
  how,
  why,
  ...(command === undefined ? {} : { command }),
});

/** A delivery that was cut off is gone on with: what it had taken in and verified counts. */
async function takenUp(
  request: ResumeRequest,
  asked: string | undefined,
): Promise<DeliveredRun | undefined> {
  const { commonDir } = request.surroundings.repository;
  const cutOff = await unfinishedOrDamaged(commonDir);
  const isDelivery =
    typeof cutOff === 'object' && cutOff.content.events.some(({ type }) => type === 'run.reopened');
  if (!isDelivery) return undefined;
  const { run } = cutOff.directory;
  if (asked !== undefined && (await knownRun(commonDir, asked)) !== run) return undefined;
  const outcome = await resumeRun(request);
  if (outcome?.kind !== 'finished' || !outcome.state.delivery) return undefined;
  const { delivery, branch, target } = outcome.state;
  return { ...words(delivery), run, branch, target };
}

/** A damaged journal of another run keeps nobody from delivering this one. */
async function unfinishedOrDamaged(commonDir: string): Promise<Unfinished | 'damaged' | undefined> {
  try {
    return await findUnfinished(commonDir);
  } catch (error) {
    if (error instanceof Refusal) return 'damaged';
    throw error;
  }
}

/**
 * Whether the run itself delivers. Not one that somebody has to go on with first, that was cleaned, or whose work the target
 * holds: then there is nothing to take in.
 */
async function isReopened(
  { git, root, commonDir }: Repository,
  { tip, target }: Deliverable,
  run: RunId,
): Promise<boolean> {
  if (await readCleaned(runDirectory(commonDir, run).path)) return false;
  if (await unfinishedOrDamaged(commonDir)) return false;
  const at = await readRef(git, root, `refs/heads/${target}`);
  if (!at.ok || at.value === undefined) return false;
  const isThere = await isAncestor(git, root, tip, at.value);
  return !(isThere.ok && isThere.value);
}

async function reopen(
  request: ResumeRequest,
  ownership: Ownership,
  run: RunId,
  content: JournalContent,
): Promise<Delivery> {
  const directory = runDirectory(request.surroundings.repository.commonDir, run);
  const [planned] = content.events;
  if (planned?.type !== 'run.planned') throw new Error('a run that landed something has no plan');
  const files = await readRunFiles(directory);
  // It says that the run has ended; when we die in between, who comes next writes it again.
  await rm(directory.summary, { force: true });
  const opening = { type: 'run.reopened', by: 'sage deliver' } as const;
  const { delivery } = await live(request, ownership, { run, files, planned, content, opening });
  if (!delivery) throw new Error('a run that was opened again ended without a delivery');
  return delivery;
}

/** From now on the branch is the user's: deleting it says that it is dealt with. */
async function notePublished(repository: Repository, run: RunId, branch: string): Promise<void> {
  const { git, root, commonDir } = repository;
  const there = await readRef(git, root, `refs/heads/${branch}`);
  if (!there.ok || there.value === undefined) return;
  const directory = runDirectory(commonDir, run);
  const summary = await readSummary(directory);
  if (summary === undefined) return;
  const { unpublished, ...rest } = summary;
  if (unpublished === true) await writeJson(directory.summary, rest);
}

const nothingWaits = (target: string): DeliveredRun => ({
  how: 'nothing',
  why: `there is nothing to deliver: ${target} holds all that runs have landed here`,
  target,
});
