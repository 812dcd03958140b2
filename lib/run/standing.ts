import { readOwner } from '../journal/read-owner.js';
import { sageDirectory } from '../journal/run-directory.js';
import { isAlive } from '../process/identity.js';
import { findUnfinished } from './unfinished.js';

/** What of a run is going on here, or was cut off, in a sentence; nothing when the last one ended. Only looks. */
export async function standingRun(commonDir: string): Promise<string | undefined> {
  const owner = await readOwner(sageDirectory(commonDir));
  if (owner && isAlive(owner) !== 'dead') {
    return `Run ${owner.run} is going on here (process ${owner.pid}, since ${owner.since}).`;
  }
  const unfinished = await findUnfinished(commonDir);
  return unfinished
    ? `Run ${unfinished.directory.run} was interrupted: \`sage stream --auto\` goes on with it first.`
    : undefined;
}
