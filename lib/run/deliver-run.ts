import { readFile } from 'node:fs/promises';
import { stateOf } from '../engine/apply-run.js';
import { apply } from '../engine/apply.js';
import { openDepot } from '../git/depot.js';
import type { Repository } from '../git/places.js';
import { readRef } from '../git/refs.js';
import { readJournal } from '../journal/read.js';
import { takeOwnership } from '../journal/owner.js';
import { listRuns, runDirectory, sageDirectory } from '../journal/run-directory.js';
import { deliverNow, type Delivery } from '../land/deliver.js';
import type { Clock } from '../model/clock.js';
import { Refusal, type Failure } from '../model/failure.js';
import { runId, type RunId } from '../model/ids.js';
import type { Summary } from '../model/summary.js';
import type { RunState } from '../engine/state.js';
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
    asked === undefined ? await newest(repository, target) : await known(repository, asked);
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

async function known(repository: Repository, asked: string): Promise<RunId> {
  const name = asked.replace(/^sage\//, '');
  const runs = (await listRuns(repository.commonDir)).map(({ run }) => run);
  if (runs.includes(runId(name))) return runId(name);
  const last = runs.at(-1);
  throw new Refusal(
    [
      noRun(
        `there is no run ${JSON.stringify(asked.slice(0, 80))} here`,
        last && `the newest is ${last}`,
      ),
    ],
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
  const [planned] = content.value.events;
  if (planned?.type !== 'run.planned') throw new Refusal([noRun(`run ${run} never began`)], 2);
  const state = stateOf(planned, planned.at);
  for (const event of content.value.events) apply(state, event);
  const { indexWasUnchanged } = await readRunFiles(directory);
  return { state, wasUnchanged: indexWasUnchanged };
}

const noRun = (message: string, hint?: string): Failure => ({
  code: 'usage/invalid',
  message,
  ...(hint ? { hint } : {}),
});
