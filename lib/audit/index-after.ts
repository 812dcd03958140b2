import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../git/places.js';
import { readBlob } from '../git/trees.js';
import { readJournal } from '../journal/read.js';
import { listRuns } from '../journal/run-directory.js';
import { indexPathOf } from '../model/backlog.js';
import type { RunId } from '../model/ids.js';
import type { Ticket } from '../model/ticket.js';
import { readIndexText } from '../tickets/read.js';
import type { Claims } from './claims.js';

/**
 * The tickets as the run left them: from its bookkeeping commit where the index is tracked (the checkout may stand on
 * another branch by now), else from the live index. Nothing when there is none that can be read.
 */
export async function indexAfter(
  { git, root }: Repository,
  cwd: string,
  { landed, planned }: Claims,
): Promise<readonly Ticket[] | undefined> {
  const path = indexPathOf(planned.backlog ?? 'tickets');
  const booked = landed.findLast(({ ticket }) => ticket === undefined);
  const blob = booked && (await readBlob(git, cwd, booked.commit, path));
  const bytes = blob?.ok ? blob.value : await readFile(join(root, path)).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const { isUsable, tickets } = readIndexText(bytes.toString('utf8'), path);
  return isUsable ? tickets : undefined;
}

/** Tickets that runs after this one have begun: what the index says of them is theirs. */
export async function workedOnLater(commonDir: string, run: RunId): Promise<ReadonlySet<string>> {
  const later = new Set<string>();
  for (const directory of await listRuns(commonDir)) {
    if (directory.run <= run) continue;
    const journal = await readJournal(directory.events);
    if (!journal.ok) continue;
    for (const event of journal.value.events) {
      if (event.type === 'attempt.started') later.add(event.ticket);
    }
  }
  return later;
}
