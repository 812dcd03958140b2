import { readFile } from 'node:fs/promises';
import { readJournal } from '../journal/read.js';
import type { RunDirectory } from '../journal/run-directory.js';
import type { Summary } from '../model/summary.js';

/** What a finished run said at its end; nothing for one that is not finished, or was never there. Only looks. */
export async function readSummary(directory: RunDirectory): Promise<Summary | undefined> {
  const text = await readFile(directory.summary, 'utf8').catch(() => undefined);
  return text === undefined ? fromJournal(directory) : (JSON.parse(text) as Summary);
}

/** A run that was killed between its last event and its summary has ended all the same. */
async function fromJournal({ events: file }: RunDirectory): Promise<Summary | undefined> {
  const content = await readJournal(file);
  if (!content.ok) return undefined;
  const { events } = content.value;
  if (events.at(-1)?.type !== 'run.finished') return undefined;
  // Needed once in a thousand runs, and not on the way of every start.
  const [{ foldJournal }, { summarise }] = await Promise.all([
    import('./read-run.js'),
    import('../engine/summarise.js'),
  ]);
  const state = foldJournal(events);
  return state && summarise(state);
}
