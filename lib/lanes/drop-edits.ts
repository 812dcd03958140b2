import type { PathChange } from '../git/changed-paths.js';
import type { Depot } from '../git/places.js';
import { restoreFolder } from '../git/trees.js';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';

/** Under `.sage/`: the indexes, which only the run's owner writes, and what ticket tools leave while they run. */
const NOT_WORK =
  /^(tickets|requirements|implement|workers|batches|commit-queue|commit\.lock|workflow-mode|checkpoint.*|.*\.log|velocity-metrics\.json|burndown-data\.json)$/;

/**
 * A tree without an agent's edits of tickets and run-time files under `.sage/`, which stand as in the base. `changes`
 * are those between the two.
 */
export async function dropTicketEdits(
  depot: Depot,
  base: Oid,
  tree: Oid,
  changes: readonly PathChange[],
): Promise<Result<{ readonly tree: Oid; readonly dropped: readonly string[] }>> {
  const dropped = changes.map(({ path }) => path).filter(isNotWork);
  const folders = new Set(dropped.map((path) => path.split('/').slice(0, 2).join('/')));
  let clean = tree;
  for (const folder of folders) {
    const restored = await restoreFolder(depot, clean, base, folder);
    if (!restored.ok) return restored;
    clean = restored.value;
  }
  return success({ tree: clean, dropped });
}

/** `.sage` itself changes when it was made a file or a link. */
function isNotWork(path: string): boolean {
  const [first, second] = path.split('/');
  if (first !== '.sage') return false;
  return second === undefined || NOT_WORK.test(second);
}
