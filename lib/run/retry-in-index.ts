import { join } from 'node:path';
import { findDepot } from '../git/depot.js';
import { listKeptWork } from '../git/kept-work.js';
import type { Repository } from '../git/places.js';
import type { Ownership } from '../journal/owner.js';
import type { RetryAnswer } from '../model/answer-schemas.js';
import { callOf, indexPathOf } from '../model/backlog.js';
import { demand, refuseAny, type Failure } from '../model/failure.js';
import { ticketId } from '../model/ids.js';
import { projectTickets } from '../tickets/project.js';
import { betweenRuns } from './between-runs.js';
import { findInBacklogs, type BacklogTicket } from './find-in-backlogs.js';
import { findOwedStates, writeOwedStates } from './owed-states.js';
import type { Surroundings } from './surroundings.js';
import { unknownTicket } from './unknown-ticket.js';

/** Where no run goes on: puts them back to UNPROCESSED, which the next one takes. */
export const retryInIndex = (
  place: Pick<Surroundings, 'repository' | 'clock'>,
  tickets: readonly string[],
): Promise<RetryAnswer> =>
  betweenRuns(
    place,
    (run) => interrupted(run, tickets),
    (ownership, at) => putBack(place.repository, tickets, ownership, at),
  );

async function putBack(
  repository: Repository,
  tickets: readonly string[],
  ownership: Ownership,
  at: string,
): Promise<RetryAnswer> {
  const { commonDir, root } = repository;
  await ownership.checkFence();
  const owed = await findOwedStates(commonDir);
  if (owed) await writeOwedStates(repository, owed);
  const known = await findInBacklogs(root);
  refuseAny(tickets.map((id) => refusalOf(known, id)));
  const put = new Set(tickets.filter((id) => known.get(id)?.ticket.state === 'DEFERRED'));
  const asked = new Set(tickets.flatMap((id) => known.get(id)?.backlog ?? []));
  for (const backlog of asked) {
    const changes = [...put]
      .filter((id) => known.get(id)?.backlog === backlog)
      .map((id) => ({ ticket: ticketId(id), state: 'UNPROCESSED' as const, at }));
    if (changes.length === 0) continue;
    demand(await projectTickets(join(root, indexPathOf(backlog)), changes), 1);
  }
  return {
    version: 1,
    next: [...asked].map(callOf),
    tickets: await Promise.all(
      tickets.map(async (id) => {
        const kept = await newestKept(repository, id);
        return { id, wasOpen: !put.has(id), ...(kept === undefined ? {} : { kept }) };
      }),
    ),
  };
}

function refusalOf(known: ReadonlyMap<string, BacklogTicket>, id: string): Failure | undefined {
  const found = known.get(id);
  if (!found) return unknownTicket(id, known.keys(), `no ticket of ${indexPathOf('tickets')}`);
  const { ticket, backlog } = found;
  if (ticket.state === 'COMPLETED') {
    return {
      code: 'usage/invalid',
      message: `${id} is COMPLETED; there is nothing to try again`,
      hint: 'to undo it, `git revert` its commit, and open a new ticket',
    };
  }
  if (ticket.state !== 'IN_PROGRESS') return undefined;
  return {
    code: 'usage/invalid',
    message: `${id} is IN_PROGRESS, and no run of sage goes on here: somebody else works on it`,
    hint: `when nobody does, set its state to UNPROCESSED in ${indexPathOf(backlog)}`,
  };
}

const interrupted = (run: string, tickets: readonly string[]): Failure => ({
  code: 'usage/invalid',
  message: `run ${run} was interrupted, and may still have to do with ${tickets.join(', ')}`,
  hint: `go on with it first (sage resume --detach), then: sage retry ${tickets.join(' ')}`,
});

/** The ref of the newest work that is kept of a ticket. */
async function newestKept(repository: Repository, id: string): Promise<string | undefined> {
  const depot = demand(await findDepot(repository));
  return depot && demand(await listKeptWork(depot, id))[0]?.ref;
}
