import { readLivingOwner } from '../journal/read-owner.js';
import { sageDirectory } from '../journal/run-directory.js';
import { callOf } from '../model/backlog.js';
import { Refusal } from '../model/failure.js';
import type { UnfinishedRun } from '../model/plan.js';
import { findUnfinished } from './unfinished.js';

/** What of a run is going on here, or was cut off, in a sentence; nothing when the last one ended. Only looks. */
export async function standingRun(commonDir: string): Promise<string | undefined> {
  const owner = await readLivingOwner(sageDirectory(commonDir));
  if (owner) {
    return `Run ${owner.run} is going on here (process ${owner.pid}, since ${owner.since}).`;
  }
  const unfinished = await findUnfinished(commonDir);
  if (!unfinished) return undefined;
  const { directory, planned } = unfinished;
  const call = callOf(planned.backlog ?? 'tickets');
  return `Run ${directory.run} was interrupted: \`${call}\` goes on with it first.`;
}

/** The run without an end and all its tickets, for a plan; a journal that cannot be read tells none. Only looks. */
export async function unfinishedRun(commonDir: string): Promise<UnfinishedRun | undefined> {
  const unfinished = await findUnfinished(commonDir).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined;
    throw error;
  });
  if (unfinished === undefined) return undefined;
  const { run } = unfinished.directory;
  const owner = await readLivingOwner(sageDirectory(commonDir));
  const isGoingOn = owner?.run === run;
  const { backlog, tickets } = unfinished.planned;
  const mine = tickets.map(({ id }) => id);
  return { run, ...(backlog === undefined ? {} : { backlog }), isGoingOn, tickets: mine };
}
