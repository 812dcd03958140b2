import { takeOwnership, type Ownership } from '../journal/owner.js';
import { sageDirectory } from '../journal/run-directory.js';
import { Refusal } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import type { Surroundings } from './surroundings.js';

/** The right to run in the repository, or a Refusal that names who has it. */
export async function ownRepository(
  { repository, clock }: Pick<Surroundings, 'repository' | 'clock'>,
  run: RunId,
): Promise<Ownership> {
  const at = new Date(clock.now()).toISOString();
  const owned = await takeOwnership(sageDirectory(repository.commonDir), run, at);
  if (!owned.ok) throw new Refusal([owned.failure], 2);
  return owned.value;
}
