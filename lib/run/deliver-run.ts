import { readFile } from 'node:fs/promises';
import { openDepot } from '../git/depot.js';
import type { Repository } from '../git/places.js';
import { readRef } from '../git/refs.js';
import { readJournal } from '../journal/read.js';
import { takeOwnership } from '../journal/owner.js';
import { runDirectory, sageDirectory } from '../journal/run-directory.js';
import { deliverNow, type Delivery } from '../land/deliver.js';
import type { Clock } from '../model/clock.js';
import { Refusal } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import type { Summary } from '../model/summary.js';
import type { RunState } from '../engine/state.js';
import { foldJournal, knownRun, noRun } from './read-run.js';
import { readRunFiles, writeJson } from './run-files.js';
import { findStart } from './start.js';
import { trackedIndex } from './tracked-index.js';
import { findUndelivered } from './undelivered.js';

/** What `sage deliver` did. */
export interface DeliveredRun extends Omit<Delivery, 'unpublished'> {
  readonly run: RunId;
  readonly branch: string;
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
  const run =
    asked === undefined
      ? await newest(repository, target)
      : await knownRun(repository.commonDir, asked);
  const at = new Date(clock.now()).toISOString();
  const owned = await takeOwnership(sageDirectory(repository.commonDir), run, at);
  if (!owned.ok) throw new Refusal([owned.failure], 2);
  await using ownership = owned.value;
  await ownership.checkFence();
  const { state, wasUnchanged } = await stateOfRun(repository, run);
  const depot = await openDepot(repository);
  if (!depot.ok) throw new Refusal([depot.failure], 2);
  const to = target ?? state.target;
  const { how, why, command } = await deliverNow(
    {
      repository,
      depot: depot.value,
      branch: state.branch,
      index: trackedIndex(state, wasUnchanged),
    },
    to,
    true,
  );
  await notePublished(repository, run, state.branch);
  return {
    how,
    why,
    ...(command === undefined ? {} : { command }),
    run,
    branch: state.branch,
    target: to,
  };
}

/** From now on the branch is the user's: deleting it says that it is dealt with. */
async function notePublished(repository: Repository, run: RunId, branch: string): Promise<void> {
  const { git, root, commonDir } = repository;
  const there = await readRef(git, root, `refs/heads/${branch}`);
  if (!there.ok || there.value === undefined) return;
  const { summary } = runDirectory(commonDir, run);
  const text = await readFile(summary, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const { unpublished, ...rest } = JSON.parse(text) as Summary;
  if (unpublished === true) await writeJson(summary, rest);
}

async function newest(repository: Repository, target: string | undefined): Promise<RunId> {
  const start = await findStart(repository, target);
  if (!start.ok) throw new Refusal([start.failure], 2);
  const waiting = await findUndelivered(repository, start.value.commit);
  const last = waiting
    .map(({ run }) => run)
    .sort()
    .at(-1);
  if (last !== undefined) return last;
  const name = start.value.branch ?? 'HEAD';
  throw new Refusal(
    [noRun(`there is nothing to deliver: ${name} holds all that runs have landed here`)],
    2,
  );
}

async function stateOfRun(
  repository: Repository,
  run: RunId,
): Promise<{ state: RunState; wasUnchanged: boolean }> {
  const directory = runDirectory(repository.commonDir, run);
  const content = await readJournal(directory.events);
  if (!content.ok) throw new Refusal([content.failure], 2);
  const state = foldJournal(content.value.events);
  if (!state) throw new Refusal([noRun(`run ${run} never began`)], 2);
  const { indexWasUnchanged } = await readRunFiles(directory);
  return { state, wasUnchanged: indexWasUnchanged };
}
