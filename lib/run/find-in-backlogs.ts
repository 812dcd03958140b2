import { join } from 'node:path';
import { backlogs, indexPathOf, type Backlog } from '../model/backlog.js';
import { demand } from '../model/failure.js';
import type { Ticket } from '../model/ticket.js';
import { loadIndex } from '../tickets/read.js';

/** A ticket, and the index that it stands in. */
export interface BacklogTicket {
  readonly backlog: Backlog;
  readonly ticket: Ticket;
}

/**
 * The tickets of all indexes of a checkout by their ids. Of several with one id the one that was deferred, else that of
 * the first index. A Refusal where there is no index at all.
 */
export async function findInBacklogs(root: string): Promise<ReadonlyMap<string, BacklogTicket>> {
  const read = await Promise.all(
    backlogs.map(async (backlog) => ({
      backlog,
      index: await loadIndex(join(root, indexPathOf(backlog))),
    })),
  );
  const there = read.filter(({ index }) => index.ok || index.failure.code !== 'index/not-found');
  const found = new Map<string, BacklogTicket>();
  for (const { backlog, index } of there.length > 0 ? there : read) {
    for (const ticket of demand(index).tickets) {
      const other = found.get(ticket.id)?.ticket;
      if (other && (other.state === 'DEFERRED' || ticket.state !== 'DEFERRED')) continue;
      found.set(ticket.id, { backlog, ticket });
    }
  }
  return found;
}
