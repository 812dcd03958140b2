import { join } from 'node:path';
import { reportsOf } from '../engine/reports.js';
import type { Ownership } from '../journal/owner.js';
import { listRuns } from '../journal/run-directory.js';
import { readJournal } from '../journal/read.js';
import type { Acceptance } from '../model/answer-schemas.js';
import { indexPathOf } from '../model/backlog.js';
import { demand, refuseAny } from '../model/failure.js';
import type { Summary } from '../model/summary.js';
import { addToIndex } from '../tickets/add-to-index.js';
import { readEntries } from '../tickets/entries.js';
import { stringOf, valueOf } from '../tickets/json-node.js';
import { loadIndex } from '../tickets/read.js';
import { betweenRuns } from './between-runs.js';
import { foldJournal } from './read-run.js';
import type { Surroundings } from './surroundings.js';

type Place = Pick<Surroundings, 'repository' | 'clock'>;
type FollowUp = NonNullable<Summary['reports']>[number] & { readonly run: string };

/** Follow-ups that agents told and that no ticket of the index stands for yet, oldest first. Only looks. */
export async function openFollowUps({ repository }: Pick<Place, 'repository'>) {
  const { commonDir, root } = repository;
  const { text } = demand(await loadIndex(join(root, indexPathOf('tickets'))));
  const taken = new Set(
    readEntries(text).map(({ node }) => stringOf(valueOf(node, 'report')) ?? ''),
  );
  return (await followUps(commonDir)).filter((one) => !taken.has(nameOf(one)));
}

/** Makes tickets of follow-ups: of those named, or of all that are open. Refused while a run goes on, or could, here. */
export const acceptReports = (
  place: Place,
  wanted: readonly string[] | 'all',
): Promise<Acceptance> =>
  betweenRuns(place, interrupted, (ownership, at) => addTickets(place, wanted, ownership, at));

async function addTickets(
  place: Place,
  wanted: readonly string[] | 'all',
  ownership: Ownership,
  at: string,
): Promise<Acceptance> {
  const { commonDir, root } = place.repository;
  const known = wanted === 'all' ? await openFollowUps(place) : await followUps(commonDir);
  const ids = wanted === 'all' ? known.map(({ id }) => id) : [...new Set(wanted)];
  refuseAny(ids.map((id) => (known.some((one) => one.id === id) ? undefined : unknown(id))));
  const chosen = ids.flatMap((id) => known.find((one) => one.id === id) ?? []);
  await ownership.checkFence();
  const added = demand(
    await addToIndex(
      join(root, indexPathOf('tickets')),
      chosen.map((one) => ({
        title: one.title,
        description: one.description ?? one.title,
        priority: one.priority ?? 'P2',
        discoveredFrom: one.ticket,
        report: nameOf(one),
        at,
      })),
    ),
    1,
  );
  return {
    version: 1,
    tickets: added.map(({ id, wasThere }, index) => ({
      id,
      report: chosen[index]?.id ?? '',
      title: chosen[index]?.title ?? '',
      wasThere,
    })),
  };
}

async function followUps(commonDir: string): Promise<readonly FollowUp[]> {
  const found: FollowUp[] = [];
  for (const { run, events } of await listRuns(commonDir)) {
    const journal = await readJournal(events);
    // What a damaged journal told cannot be trusted to have been told.
    const state = journal.ok ? foldJournal(journal.value.events) : undefined;
    if (!state) continue;
    for (const report of reportsOf(state))
      if (report.kind === 'follow-up') found.push({ ...report, run });
  }
  return found;
}

const nameOf = ({ run, id }: FollowUp) => `${run}/${id}`;

const unknown = (id: string) => ({
  code: 'usage/invalid' as const,
  message: `no agent has told a follow-up ${JSON.stringify(id.slice(0, 60))} here`,
  hint: '`sage accept` lists them',
});

const interrupted = (run: string) => ({
  code: 'usage/invalid' as const,
  message: `run ${run} was interrupted, and writes the index when it goes on`,
  hint: 'go on with it first: sage resume',
});
