import type { TicketId } from '../model/ids.js';
import type { PlannedTicket, UnfinishedRun } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import { whatOf } from './refusals.js';
import type { TicketTable } from './ticket-table.js';

/** So many steps are spelled out. */
const STEP_LIMIT = 20;

/**
 * What has to happen until a ticket can start (or, for a container, is complete): first what a person has to do, then
 * what this run does by itself. `ids` are the tickets that matter, the farthest first. Empty: nothing is missing.
 */
export function unblockSteps(
  ids: readonly string[],
  { id: wanted, state }: Ticket,
  tickets: Pick<TicketTable, 'get'>,
  planned: ReadonlyMap<TicketId, PlannedTicket>,
  unfinished?: UnfinishedRun,
): string[] {
  if (state === 'COMPLETED') return [];
  const byHand: string[] = [];
  const byRun: PlannedTicket[] = [];
  for (const id of ids) {
    const ticket = tickets.get(id as TicketId);
    const place = planned.get(id as TicketId);
    if (ticket === undefined) {
      byHand.push(`Add ${id} to the index, or remove it from the dependencies that name it`);
    } else if (unfinished?.tickets.includes(ticket.id)) {
      byHand.push(`${id} lands in run ${unfinished.run}, which ${whatOf(unfinished)}`);
    } else if (place?.batch === undefined) byHand.push(...stepsByHand(ticket, place));
    else if (id !== wanted) byRun.push(place);
  }
  byRun.sort((left, right) => (left.batch ?? 0) - (right.batch ?? 0) || left.order - right.order);
  const steps = [
    ...byHand,
    ...byRun.map(({ id, batch }) => `${id} lands (batch ${batch ?? 0} of this plan)`),
  ];
  const rest = steps.length - STEP_LIMIT;
  return rest > 0 ? [...steps.slice(0, STEP_LIMIT), `… and ${rest} more`] : steps;
}

function stepsByHand(ticket: Ticket, place: PlannedTicket | undefined): string[] {
  const { id, state } = ticket;
  const steps: string[] = [];
  const because = ticket.deferReason === undefined ? '' : ` (${ticket.deferReason})`;
  if (state === 'DEFERRED')
    steps.push(`Solve why ${id} was DEFERRED${because}, set it to UNPROCESSED`);
  if (state === 'IN_PROGRESS') {
    steps.push(`Finish ${id}, which is IN_PROGRESS, or set it to UNPROCESSED`);
  }
  if (state === 'COMPLETED') {
    steps.push(`Deliver ${id}: its work is not in the base of this run (\`sage deliver\`)`);
  }
  if (state === 'UNPROCESSED' && ticket.isHistory) {
    steps.push(`Set ${id} to COMPLETED if it is done: a ${ticket.type} ticket is never run`);
  }
  const cycle =
    place?.blockedBy.filter(({ why }) => why === 'cycle').map((other) => other.id) ?? [];
  if (cycle.length > 0)
    steps.push(`Break the cycle: remove ${cycle.join(' or ')} from what ${id} waits for`);
  const isPutOff = place === undefined && state === 'UNPROCESSED' && !ticket.isHistory;
  if (isPutOff) steps.push(`Select ${id}, too, or let it be done first`);
  return steps;
}
