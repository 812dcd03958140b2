import { join } from 'node:path';
import { reportsOf } from '../engine/reports.js';
import { readDismissed } from '../journal/dismissed.js';
import { readJournal } from '../journal/read.js';
import { listRuns, type RunDirectory } from '../journal/run-directory.js';
import { indexPathOf } from '../model/backlog.js';
import { demand } from '../model/failure.js';
import type { Summary } from '../model/summary.js';
import { readEntries } from '../tickets/entries.js';
import { stringOf, valueOf } from '../tickets/json-node.js';
import { loadIndex } from '../tickets/read.js';
import { foldJournal } from './read-run.js';
import type { Surroundings } from './surroundings.js';

/** What an agent proposed, and what became of it. */
export type FollowUp = NonNullable<Summary['reports']>[number] & {
  readonly directory: RunDirectory;
  readonly isDismissed: boolean;
  /** A ticket of the index stands for it. */
  readonly isTicket: boolean;
};

/** All follow-ups that agents told here, oldest first. Only looks. */
export async function listFollowUps({
  repository: { commonDir, root },
}: Pick<Surroundings, 'repository'>): Promise<readonly FollowUp[]> {
  const { text } = demand(await loadIndex(join(root, indexPathOf('tickets'))));
  const taken = new Set(
    readEntries(text).map(({ node }) => stringOf(valueOf(node, 'report')) ?? ''),
  );
  const found: FollowUp[] = [];
  for (const directory of await listRuns(commonDir)) {
    const journal = await readJournal(directory.events);
    // What a damaged journal told cannot be trusted to have been told.
    const state = journal.ok ? foldJournal(journal.value.events) : undefined;
    if (!state) continue;
    const dismissed = await readDismissed(directory);
    for (const report of reportsOf(state)) {
      if (report.kind !== 'follow-up') continue;
      const isTicket = taken.has(followUpName({ directory, id: report.id }));
      found.push({ ...report, directory, isTicket, isDismissed: dismissed.has(report.id) });
    }
  }
  return found;
}

/** Neither a ticket yet nor dismissed. */
export const isOpen = ({ isTicket, isDismissed }: FollowUp): boolean => !isTicket && !isDismissed;

/** By which a ticket says what it was made of. */
export const followUpName = ({ directory: { run }, id }: Pick<FollowUp, 'directory' | 'id'>) =>
  `${run}/${id}`;

/** The named ones in the order of their names, each once, and the names that no follow-up has. */
export function pick(known: readonly FollowUp[], wanted: readonly string[]) {
  const ids = [...new Set(wanted)];
  return {
    chosen: ids.flatMap((id) => known.find((one) => one.id === id) ?? []),
    unknown: ids.flatMap((id) => (known.some((one) => one.id === id) ? [] : unknown(id))),
  };
}

const unknown = (id: string) => ({
  code: 'usage/invalid' as const,
  message: `no agent has told a follow-up ${JSON.stringify(id.slice(0, 60))} here`,
  hint: '`sage accept` lists them',
});
