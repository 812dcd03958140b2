import { join } from 'node:path';
import { listRuns, type RunDirectory } from '../journal/run-directory.js';
import type { Repository } from '../git/places.js';
import { indexPathOf } from '../model/backlog.js';
import { demand } from '../model/failure.js';
import { ticketId } from '../model/ids.js';
import type { Summary } from '../model/summary.js';
import { projectTickets, type ProjectedChange } from '../tickets/project.js';
import { loadIndex } from '../tickets/read.js';
import { readSummary } from './read-summary.js';
import { writeJson } from './run-files.js';

/** What the newest run could not write into the index before it ended. */
export interface OwedStates {
  readonly directory: RunDirectory;
  readonly summary: Summary;
  readonly states: NonNullable<Summary['unwritten']>;
}

/** Only looks. */
export async function findOwedStates(commonDir: string): Promise<OwedStates | undefined> {
  const directory = (await listRuns(commonDir)).at(-1);
  const summary = directory && (await readSummary(directory));
  if (!directory || !summary?.unwritten?.length) return undefined;
  return { directory, summary, states: summary.unwritten };
}

/**
 * Writes them now, for the owner of the repository alone; answers words about it. What landed is a fact; of the others
 * only those are touched that the run left IN_PROGRESS, since somebody may have dealt with them. A Refusal when the index
 * still takes nothing: what landed would be done, and paid for, again.
 */
export async function writeOwedStates(
  repository: Repository,
  { directory, summary, states }: OwedStates,
): Promise<readonly string[]> {
  const file = join(repository.root, indexPathOf(summary.backlog ?? 'tickets'));
  const index = demand(await loadIndex(file), 1);
  const found = new Map(index.tickets.map(({ id, state }) => [id as string, state]));
  const changes = states
    .filter(({ ticket, state }) =>
      state === 'COMPLETED' ? found.has(ticket) : found.get(ticket) === 'IN_PROGRESS',
    )
    .map(({ ticket, ...change }) => ({ ticket: ticketId(ticket), ...change }) as ProjectedChange);
  const written = demand(await projectTickets(file, changes), 1);
  await writeJson(directory.summary, { ...summary, unwritten: undefined });
  const names = changes.map(({ ticket, state }) => `${ticket} ${state}`).join(', ');
  return [
    `run ${directory.run} could not write these states into the index; now they stand there: ${names || 'none is missing any more'}`,
    ...written.notes,
  ];
}
