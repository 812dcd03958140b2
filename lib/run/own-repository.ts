import { healGuestLocks } from '../git/guest.js';
import { takeOwnership, type Ownership } from '../journal/owner.js';
import { sageDirectory } from '../journal/run-directory.js';
import { demand, type Result } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import type { Surroundings } from './surroundings.js';

type Place = Pick<Surroundings, 'repository' | 'clock'>;

/** Takes the right to run in the repository, and takes away the locks that a dead owner's gits left in the user's part. */
export async function tryToOwn(
  { repository, clock }: Place,
  run: RunId,
): Promise<Result<Ownership>> {
  const at = new Date(clock.now()).toISOString();
  const owned = await takeOwnership(sageDirectory(repository.commonDir), run, at);
  if (owned.ok) await healGuestLocks(repository, owned.value.heirOf);
  return owned;
}

/** {@link tryToOwn}, or a Refusal that names who has it. */
export async function ownRepository(place: Place, run: RunId): Promise<Ownership> {
  return demand(await tryToOwn(place, run));
}
