import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dropOwnRecords } from '../agents/attempt-files.js';
import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summarise.js';
import { dropCandidates } from '../git/candidate-refs.js';
import { openDepot } from '../git/depot.js';
import { depotPath } from '../git/places.js';
import { sweepDepot } from '../git/sweep-depot.js';
import { clearMover, isOwnerLeft } from '../journal/owner-left.js';
import { readJournal } from '../journal/read.js';
import { readOwner } from '../journal/read-owner.js';
import {
  attemptsDirectory,
  listRuns,
  runDirectory,
  sageDirectory,
  type RunDirectory,
} from '../journal/run-directory.js';
import { createLanderLock } from '../land/lander-lock.js';
import { publish } from '../land/publish.js';
import type { RunEvent } from '../model/event.js';
import { demand, Refusal } from '../model/failure.js';
import { runId } from '../model/ids.js';
import { clearDrafts } from './clear-drafts.js';
import { endLives, livesOf } from './life.js';
import { findOwedStates } from './owed-states.js';
import { tryToOwn } from './own-repository.js';
import { foldJournal } from './read-run.js';
import { writeJson } from './run-files.js';
import type { Surroundings } from './surroundings.js';
import { findUnfinished } from './unfinished.js';

/** Where is cleared up. */
export type ClearingPlace = Pick<Surroundings, 'repository' | 'clock' | 'lanesRoot'>;

/** A run whose journal can be read, and what it tells. */
interface ToldRun {
  readonly directory: RunDirectory;
  readonly events: readonly RunEvent[];
}

/**
 * Takes away what processes of a run that are dead left behind: their programs, half-written files, locks of theirs and of
 * their gits. For the repository's owner only, and before anything is read that they could still change.
 */
export async function sweepLeftovers(
  place: ClearingPlace,
  { directory, events }: ToldRun,
  since?: string,
): Promise<void> {
  const { commonDir } = place.repository;
  const own = sageDirectory(commonDir);
  await endLives(livesOf(directory.run, events));
  await sweepDepot({ path: depotPath(commonDir) });
  await clearLandingLock(own);
  await clearMover(own);
  await clearDrafts(place, directory, events, since);
}

/**
 * Clears up after a process that died when its run had ended, or that did something else here (`sage deliver`, `sage
 * clean`): no run is unfinished then, so that nobody would come and resume it. A run that ended without leaving its
 * summary gets it now, with what else its process did not come to. Costs a few looks when nothing is left; does nothing
 * while somebody runs here, and leaves unfinished runs to who resumes them.
 */
export async function clearUp(place: ClearingPlace): Promise<void> {
  const { commonDir } = place.repository;
  const own = sageDirectory(commonDir);
  const isLeft = (await isOwnerLeft(own)) || (await endedWithoutSummary(commonDir)).length > 0;
  if (!isLeft || (await isAnotherUnfinished(commonDir))) return;
  const dead = await readOwner(own);
  const last = await lastTold(commonDir);
  const owned = await tryToOwn(place, last?.directory.run ?? runId('clear-up'));
  if (!owned.ok) return;
  await using ownership = owned.value;
  // Somebody may have begun, or done the same, meanwhile.
  if (await isAnotherUnfinished(commonDir)) return;
  if (dead) {
    await endLives([dead.run]);
    await removeUnbegun(runDirectory(commonDir, dead.run));
  }
  const isOwed = (await findOwedStates(commonDir)) !== undefined;
  if (last) await sweepLeftovers(place, last, isOwed ? dead?.since : undefined);
  for (const ended of await endedWithoutSummary(commonDir)) {
    await ownership.checkFence();
    await endInOrder(place, ended);
  }
}

/** A damaged journal is told by whoever wants to go on with it. */
async function isAnotherUnfinished(commonDir: string): Promise<boolean> {
  try {
    return (await findUnfinished(commonDir)) !== undefined;
  } catch (error) {
    if (error instanceof Refusal) return true;
    throw error;
  }
}

async function lastTold(commonDir: string): Promise<ToldRun | undefined> {
  for (const directory of [...(await listRuns(commonDir))].reverse()) {
    const told = await readJournal(directory.events);
    if (told.ok && told.value.events.length > 0) return { directory, events: told.value.events };
  }
  return undefined;
}

/** The folder of a run whose start was killed before its first record: nothing of it ever began. */
async function removeUnbegun({ path, events, summary }: RunDirectory): Promise<void> {
  const [records, end] = await Promise.all(
    [stat(events), stat(summary)].map((one) => one.catch(() => undefined)),
  );
  if ((records?.size ?? 0) > 0 || end) return;
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

async function endedWithoutSummary(commonDir: string): Promise<readonly ToldRun[]> {
  const runs = await Promise.all(
    (await listRuns(commonDir)).map(async (directory) => {
      if (await stat(directory.summary).catch(() => undefined)) return [];
      const told = await readJournal(directory.events);
      const events = told.ok ? told.value.events : [];
      return events.at(-1)?.type === 'run.finished' ? [{ directory, events }] : [];
    }),
  );
  return runs.flat();
}

/**
 * What a run's process does after its last event: publish what was not yet, let go of candidates, take away what CLIs
 * kept for themselves, leave the summary.
 */
async function endInOrder(
  { repository }: ClearingPlace,
  { directory, events }: ToldRun,
): Promise<void> {
  const state = foldJournal(events);
  if (!state) return;
  const depot = demand(await openDepot(repository));
  await dropCandidates(depot, state.run);
  if (isPublishedLast(state)) {
    const published = await publish(repository, depot, state.branch, state.tip);
    if (published.ok) delete state.unpublished;
    else state.unpublished = published.failure;
  }
  await dropOwnRecords(attemptsDirectory(directory));
  await writeJson(directory.summary, summarise(state));
}

/** A delivery publishes before it ends; what landed in a run that was cancelled is published by its leaving process. */
const isPublishedLast = ({ tip, base, delivery }: RunState) =>
  tip !== base && delivery?.how === 'left';

/** Who holds the landing lock and is dead is replaced by whoever lands next; nobody may. */
async function clearLandingLock(own: string): Promise<void> {
  const names = await readdir(own).catch(() => []);
  // A lock that was being moved away, a name that was being written.
  for (const name of names.filter((one) => /^landing\.(lock\.\d+|.*\.new)$/.test(one)))
    await rm(join(own, name), { recursive: true, force: true }).catch(() => undefined);
  if (!names.some((name) => /^landing\./.test(name))) return;
  const lock = createLanderLock({ directory: own, holder: 'clearing up', patienceMs: 2_000 });
  await lock.hold(() => Promise.resolve());
}
