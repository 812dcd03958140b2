import { readFile } from 'node:fs/promises';
import { summarise } from '../engine/summarise.js';
import type { RunDirectory } from '../journal/run-directory.js';
import type { RunEvent } from '../model/event.js';
import type { Contradiction } from '../model/verification-schema.js';
import type { Summary } from '../model/summary.js';
import { foldJournal } from '../run/read-run.js';

/** Whether the journal can be what a run wrote, and the summary beside it says the same. */
export async function checkSummary(
  directory: RunDirectory,
  events: readonly RunEvent[],
): Promise<Contradiction[]> {
  let told: Summary;
  try {
    const state = foldJournal(events);
    if (!state) return [];
    told = summarise(state);
  } catch (error) {
    const message = `${directory.events} holds what no run writes: ${(error as Error).message}`;
    return [{ kind: 'journal-impossible', message }];
  }
  const text = await readFile(directory.summary, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const written = parsed(text);
  if (written && outline(written) === outline(told)) return [];
  const message = `${directory.summary} does not say what the journal says`;
  return [{ kind: 'summary-differs', message }];
}

/** What of a summary is a claim: figures may be counted differently by a later version. */
const outline = ({ run, landed, deferred, exitCode }: Partial<Summary>) =>
  JSON.stringify([
    run,
    landed?.map(({ id, commit }) => [id, commit]),
    deferred?.map(({ id }) => id),
    exitCode,
  ]);

function parsed(text: string): Partial<Summary> | undefined {
  try {
    return JSON.parse(text) as Partial<Summary>;
  } catch {
    return undefined;
  }
}
