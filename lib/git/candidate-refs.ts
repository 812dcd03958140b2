import type { RunId } from '../model/ids.js';
import type { Depot } from './places.js';
import { deleteRefs, listRefs } from './refs.js';

/** Where the depot holds what would land, until that is decided: `refs/sage/candidate/<run>/<name>`. */
export const CANDIDATES = 'refs/sage/candidate/';

/** The ref of a candidate by its whole name, `<run>/<name>`. */
export const candidateRef = (name: string) => `${CANDIDATES}${name}`;

/**
 * Lets go of all candidates of a run that has ended: what was built and did not land holds nothing that is needed, as the
 * work it was made of is kept. What cannot go now stays for `sage clean`.
 */
export async function dropCandidates({ git, path }: Depot, run: RunId): Promise<void> {
  const left = await listRefs(git, path, candidateRef(`${run}/`));
  if (left.ok) await deleteRefs(git, path, left.value);
}
