import { join } from 'node:path';
import type { Ownership } from '../journal/owner.js';
import type { Acceptance } from '../model/answer-schemas.js';
import { indexPathOf } from '../model/backlog.js';
import { demand, refuseAny } from '../model/failure.js';
import { addToIndex } from '../tickets/add-to-index.js';
import { betweenRuns } from './between-runs.js';
import { followUpName, isOpen, listFollowUps, pick } from './follow-ups.js';
import type { Surroundings } from './surroundings.js';

type Place = Pick<Surroundings, 'repository' | 'clock'>;

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
  const known = await listFollowUps(place);
  const { chosen, unknown } =
    wanted === 'all' ? { chosen: known.filter(isOpen), unknown: [] } : pick(known, wanted);
  refuseAny(unknown);
  await ownership.checkFence();
  const added = demand(
    await addToIndex(
      join(place.repository.root, indexPathOf('tickets')),
      chosen.map((one) => ({
        title: one.title,
        description: one.description ?? one.title,
        priority: one.priority ?? 'P2',
        discoveredFrom: one.ticket,
        report: followUpName(one),
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

const interrupted = (run: string) => ({
  code: 'usage/invalid' as const,
  message: `run ${run} was interrupted, and writes the index when it goes on`,
  hint: 'go on with it first: sage resume',
});
