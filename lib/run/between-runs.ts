import type { Ownership } from '../journal/owner.js';
import { listRuns, newRunId } from '../journal/run-directory.js';
import type { RunId } from '../model/ids.js';
import { Refusal, type Failure } from '../model/failure.js';
import { ownRepository } from './own-repository.js';
import type { Surroundings } from './surroundings.js';
import { findUnfinished } from './unfinished.js';

/**
 * Does what only the owner of a repository may do that no run works in: `at` is now, to the second, as the index holds
 * times. A Refusal names who runs here, or is `interrupted` of the run that goes on with the next start.
 */
export async function betweenRuns<Done>(
  place: Pick<Surroundings, 'repository' | 'clock'>,
  interrupted: (run: RunId) => Failure,
  work: (ownership: Ownership, at: string) => Promise<Done>,
): Promise<Done> {
  const { commonDir } = place.repository;
  const now = place.clock.now();
  const run = (await listRuns(commonDir)).at(-1)?.run ?? newRunId(now, '0');
  await using ownership = await ownRepository(place, run);
  const unfinished = await findUnfinished(commonDir);
  if (unfinished) throw new Refusal([interrupted(unfinished.directory.run)], 2);
  return await work(ownership, `${new Date(now).toISOString().slice(0, 19)}Z`);
}
