import type { Repository } from '../git/places.js';
import { readJournal, type JournalContent } from '../journal/read.js';
import { runDirectory } from '../journal/run-directory.js';
import type { TrackedIndex } from '../land/forward-checkout.js';
import { demand, Refusal } from '../model/failure.js';
import { oid, type Oid, type RunId } from '../model/ids.js';
import { foldJournal, noRun } from './read-run.js';
import { readSummary } from './read-summary.js';
import { readRunFiles } from './run-files.js';
import { findStart } from './start.js';
import { trackedIndex } from './tracked-index.js';
import { findUndelivered } from './undelivered.js';

/** The newest run that is not in the branch it would go into. */
export async function newestDeliverable(
  repository: Repository,
  target: string | undefined,
): Promise<{ readonly into: string; readonly run?: RunId }> {
  const start = demand(await findStart(repository, target));
  const waiting = demand(await findUndelivered(repository, start.commit));
  const last = waiting
    .map(({ run }) => run)
    .sort()
    .at(-1);
  const into = start.branch ?? 'HEAD';
  return last === undefined ? { into } : { into, run: last };
}

/** What a delivery needs to know of a run. */
export interface Deliverable {
  readonly branch: string;
  readonly target: string;
  /** Where what landed ends. */
  readonly tip: Oid;
  readonly index?: TrackedIndex;
  /** The whole journal of a run that has ended and landed something; absent: it cannot be opened again. */
  readonly told?: JournalContent;
}

/** A Refusal where a run left neither a journal that can be read nor a summary. */
export async function deliverable(repository: Repository, run: RunId): Promise<Deliverable> {
  const directory = runDirectory(repository.commonDir, run);
  const content = await readJournal(directory.events);
  const state = content.ok ? foldJournal(content.value.events) : undefined;
  if (state) {
    const { indexWasUnchanged } = await readRunFiles(directory);
    const { branch, target, tip, base, finished } = state;
    const known = { branch, target, tip, index: trackedIndex(state, indexWasUnchanged) };
    return content.ok && finished && tip !== base ? { ...known, told: content.value } : known;
  }
  // A salvaged run has nothing but its summary; without a journal nobody can prove whose bytes the index holds.
  const summary = await readSummary(directory);
  if (summary !== undefined) return { ...summary, tip: oid(summary.tip) };
  throw new Refusal([content.ok ? noRun(`run ${run} never began`) : content.failure], 2);
}
