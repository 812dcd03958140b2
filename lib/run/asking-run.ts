import { readJournal } from '../journal/read.js';
import { readLivingOwner } from '../journal/read-owner.js';
import { runDirectory, sageDirectory } from '../journal/run-directory.js';
import type { RunId } from '../model/ids.js';
import type { Confirm } from '../model/question.js';
import { foldJournal } from './read-run.js';
import { findUnfinished } from './unfinished.js';

/** The run that goes on here and asks its human; nothing when none does. Only looks. */
export async function askingRun(commonDir: string): Promise<RunId | undefined> {
  const owner = await readLivingOwner(sageDirectory(commonDir));
  if (!owner) return undefined;
  const journal = await readJournal(runDirectory(commonDir, owner.run).events);
  const state = journal.ok ? foldJournal(journal.value.events) : undefined;
  return state?.confirm && !state.finished ? owner.run : undefined;
}

/** Where the run that was cut off here asks its human; nothing when none was, or it asks nowhere. Only looks. */
export async function interruptedConfirm(commonDir: string): Promise<Confirm | undefined> {
  const unfinished = await findUnfinished(commonDir);
  return unfinished && foldJournal(unfinished.content.events)?.confirm;
}
