import { mergeWithEach } from '../git/merge-tree.js';
import type { Depot } from '../git/places.js';
import { readNames } from '../git/refs.js';
import type { EventDraft } from '../model/event.js';
import { success, type Result } from '../model/failure.js';
import type { CandidateBuild } from '../model/intent.js';

/**
 * What it means that work does not fit onto a candidate (`files` in conflict, none: nothing of it would be left). With
 * what landed, that is a verdict. With something that has not landed, the first such candidate of the chain is found
 * by merging with each of them in one process, and the work waits for it.
 */
export async function inTheWay(
  depot: Depot,
  { ticket, work, attempt, isOnWork, onto, tip, ahead }: CandidateBuild,
  files: readonly string[],
): Promise<Result<EventDraft>> {
  const last = ahead?.at(-1);
  // What rests on work of its epic fits nowhere without it: whom the epic waits for is not asked of one of its tickets.
  if (tip === undefined || !ahead || !last || isOnWork)
    return success(verdict({ ticket, onto, files }));
  const places = [tip, ...ahead.map(({ commit }) => commit)];
  const merges = await mergeWithEach(depot, places, work);
  if (!merges.ok) return merges;
  const names = places.map((place) => `${place}^{tree}`);
  const trees = await readNames(depot.git, depot.path, names);
  if (!trees.ok) return trees;
  const isIntake = attempt === undefined;
  const at = merges.value.findIndex(
    (merged, place) =>
      merged.kind === 'conflict' || (!isIntake && merged.tree === trees.value[place]),
  );
  const found = merges.value[at];
  const theirs = found?.kind === 'conflict' ? found.files : [];
  if (at === 0) return success(verdict({ ticket, onto: tip, files: theirs }));
  // Attributes that change on the way may hide it from the search: then it is the one it was built onto.
  const behind = ahead[at - 1] ?? last;
  return success({
    type: 'landing.set-aside',
    ticket,
    behind: behind.ticket,
    files: found ? theirs : files,
  });
}

const verdict = ({
  files,
  ...rest
}: Pick<CandidateBuild, 'ticket' | 'onto'> & {
  readonly files: readonly string[];
}): EventDraft =>
  files.length > 0
    ? { type: 'landing.conflicted', ...rest, files }
    : { type: 'landing.emptied', ...rest };
