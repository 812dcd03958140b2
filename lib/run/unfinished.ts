import { stat } from 'node:fs/promises';
import type { JournalContent } from '../journal/read.js';
import { listRuns, type RunDirectory } from '../journal/run-directory.js';
import type { EventOf } from '../model/event.js';
import { demand } from '../model/failure.js';

/** A run that was begun and has no end in its journal. */
export interface Unfinished {
  readonly directory: RunDirectory;
  readonly content: JournalContent;
  readonly planned: EventOf<'run.planned'> & { readonly at: string };
}

/**
 * The run that never ended: the newest, since every start goes on with it first, or an older one that is being delivered
 * again. Only looks. A damaged journal is a Refusal with its diagnosis, never a guess.
 */
export async function findUnfinished(commonDir: string): Promise<Unfinished | undefined> {
  const runs = await listRuns(commonDir);
  const hasEnded = await Promise.all(runs.map(({ summary }) => exists(summary)));
  for (const directory of runs.filter((_, at) => !hasEnded[at]).reverse()) {
    // Loaded when it is needed: most previews find an ended run, or none.
    const { readJournal } = await import('../journal/read.js');
    const content = demand(await readJournal(directory.events));
    const { events } = content;
    const planned = events[0];
    // Killed before its first record was on the disk: nothing of it ever began.
    if (planned?.type !== 'run.planned') continue;
    if (events.at(-1)?.type === 'run.finished') continue;
    return { directory, content, planned };
  }
  return undefined;
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
