import { openDepot } from '../git/depot.js';
import type { Repository } from '../git/places.js';
import { readRef } from '../git/refs.js';
import { readJournal } from '../journal/read.js';
import { runDirectory } from '../journal/run-directory.js';
import { deliverNow, type Delivery } from '../land/deliver.js';
import type { TrackedIndex } from '../land/forward-checkout.js';
import type { Clock } from '../model/clock.js';
import { Refusal } from '../model/failure.js';
import { oid, type Oid, type RunId } from '../model/ids.js';
import { ownRepository } from './own-repository.js';
import { foldJournal, knownRun, noRun } from './read-run.js';
import { readSummary } from './read-summary.js';
import { readRunFiles, writeJson } from './run-files.js';
import { findStart } from './start.js';
import { trackedIndex } from './tracked-index.js';
import { findUndelivered } from './undelivered.js';

/** What `sage deliver` did. */
export interface DeliveredRun extends Omit<Delivery, 'unpublished'> {
  /** Absent, with its branch, when no run has anything to deliver. */
  readonly run?: RunId;
  readonly branch?: string;
  readonly target: string;
}

/**
 * Delivers a finished run because somebody asked for it: the named one, else the newest that is not in its target yet.
 * Being asked, it moves main and master too. Refused while a run is going on here.
 */
export async function deliverRun(
  repository: Repository,
  clock: Clock,
  asked: string | undefined,
  target: string | undefined,
): Promise<DeliveredRun> {
  const found =
    asked === undefined
      ? await newest(repository, target)
      : { run: await knownRun(repository.commonDir, asked), into: '' };
  if (found.run === undefined) return nothingWaits(found.into);
  const { run } = found;
  await using ownership = await ownRepository({ repository, clock }, run);
  await ownership.checkFence();
  const known = await deliverable(repository, run);
  const depot = await openDepot(repository);
  if (!depot.ok) throw new Refusal([depot.failure], 2);
  const to = target ?? known.target;
  const { how, why, command } = await deliverNow(
    {
      repository,
      depot: depot.value,
      branch: known.branch,
      ...(known.index ? { index: known.index } : {}),
    },
    known.tip,
    to,
    true,
  );
  await notePublished(repository, run, known.branch);
  return {
    how,
    why,
    ...(command === undefined ? {} : { command }),
    run,
    branch: known.branch,
    target: to,
  };
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

/** The newest run that is not in the branch it would go into. */
async function newest(
  repository: Repository,
  target: string | undefined,
): Promise<{ readonly into: string; readonly run?: RunId }> {
  const start = await findStart(repository, target);
  if (!start.ok) throw new Refusal([start.failure], 2);
  const waiting = await findUndelivered(repository, start.value.commit);
  if (!waiting.ok) throw new Refusal([waiting.failure], 2);
  const last = waiting.value
    .map(({ run }) => run)
    .sort()
    .at(-1);
  const into = start.value.branch ?? 'HEAD';
  return last === undefined ? { into } : { into, run: last };
}

const nothingWaits = (target: string): DeliveredRun => ({
  how: 'nothing',
  why: `there is nothing to deliver: ${target} holds all that runs have landed here`,
  target,
});

interface Deliverable {
  readonly branch: string;
  readonly target: string;
  /** Where what landed ends. */
  readonly tip: Oid;
  readonly index?: TrackedIndex;
}

async function deliverable(repository: Repository, run: RunId): Promise<Deliverable> {
  const directory = runDirectory(repository.commonDir, run);
  const content = await readJournal(directory.events);
  const state = content.ok ? foldJournal(content.value.events) : undefined;
  if (state) {
    const { indexWasUnchanged } = await readRunFiles(directory);
    const { branch, target, tip } = state;
    return { branch, target, tip, index: trackedIndex(state, indexWasUnchanged) };
  }
  // A salvaged run has nothing but its summary; without a journal nobody can prove whose bytes the index holds.
  const summary = await readSummary(directory);
  if (summary !== undefined) return { ...summary, tip: oid(summary.tip) };
  throw new Refusal([content.ok ? noRun(`run ${run} never began`) : content.failure], 2);
}
