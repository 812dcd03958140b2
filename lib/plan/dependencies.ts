import type { TicketId } from '../model/ids.js';
import type { Blocker } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import type { Hierarchy } from './hierarchy.js';
import type { TicketTable } from './ticket-table.js';

/** What a ticket waits for, sorted by what stands in the way. */
export interface Dependencies {
  /** Tickets of the index that are not done yet and that it waits for; containers replaced by what is below them. */
  readonly open: readonly TicketId[];
  /** Those of them, and the missing ones, that will not be done by this run. */
  readonly blockers: readonly Blocker[];
  readonly satisfied: readonly TicketId[];
  /** Its own ancestors: a child cannot wait for what is complete only with the child. */
  readonly ignored: readonly TicketId[];
}

/** What dependencies are judged by. */
export interface DependencyContext {
  readonly tickets: Pick<TicketTable, 'get'>;
  readonly hierarchy: Hierarchy;
  /** Completed tickets whose landed work is not in the base of this run. */
  readonly undelivered: ReadonlySet<TicketId>;
  readonly isSelected: (ticket: Ticket) => boolean;
}

/** For each ticket the ids it waits for as the index says: its own list and the `blocks` of others, once each. */
export function statedDependencies(
  tickets: readonly Ticket[],
): (ticket: Ticket) => readonly TicketId[] {
  const blockedBy = new Map<TicketId, TicketId[]>();
  for (const { id, blocks } of tickets) {
    for (const blocked of blocks) {
      const known = blockedBy.get(blocked);
      if (known === undefined) blockedBy.set(blocked, [id]);
      else known.push(id);
    }
  }
  return ({ id, dependencies }) => {
    const others = blockedBy.get(id);
    return others === undefined ? dependencies : [...new Set([...dependencies, ...others])];
  };
}

/** Judges the dependencies of one ticket: only COMPLETED work that the base holds satisfies. */
export function judgeDependencies(
  ticket: Ticket,
  stated: readonly TicketId[],
  { tickets, hierarchy, undelivered, isSelected }: DependencyContext,
): Dependencies {
  if (stated.length === 0) return NO_DEPENDENCIES;
  const ancestors = hierarchy.ancestorsOf(ticket.id);
  const isRun = (id: TicketId) => {
    const other = tickets.get(id);
    if (other?.state !== 'UNPROCESSED' || other.isHistory || !isSelected(other)) return false;
    return !ancestors.has(id) && !hierarchy.isContainer(id);
  };
  // The most frequent case by far, which needs no lists of its own.
  if (stated.every(isRun)) return { ...NO_DEPENDENCIES, open: stated };
  const open: TicketId[] = [];
  const blockers: Blocker[] = [];
  const satisfied: TicketId[] = [];
  const ignored: TicketId[] = [];
  /** Whether this part of a dependency is met; notes what is not. */
  const judge = (other: Ticket): boolean => {
    if (other.state === 'COMPLETED') {
      if (!undelivered.has(other.id)) return true;
      blockers.push({ id: other.id, why: 'undelivered' });
      return false;
    }
    open.push(other.id);
    const why = whyNotRun(other) ?? (isSelected(other) ? undefined : 'not-selected');
    if (why !== undefined) blockers.push({ id: other.id, why });
    return false;
  };
  let hasParts = false;
  for (const id of stated) {
    const other = tickets.get(id);
    if (other === undefined) blockers.push({ id, why: 'missing' });
    else if (ancestors.has(id)) ignored.push(id);
    else if (hierarchy.isContainer(id) && other.state !== 'COMPLETED') {
      hasParts = true;
      const parts = hierarchy.leavesOf(id).flatMap((part) => tickets.get(part) ?? []);
      if (parts.map(judge).every(Boolean)) satisfied.push(id);
    } else if (judge(other)) satisfied.push(id);
  }
  // Only the parts of containers can name a ticket twice.
  return hasParts
    ? {
        open: [...new Set(open)],
        blockers: [...new Map(blockers.map((one) => [one.id, one])).values()],
        satisfied,
        ignored,
      }
    : { open, blockers, satisfied, ignored };
}

/** Waits for nothing. */
export const NO_DEPENDENCIES: Dependencies = {
  open: [],
  blockers: [],
  satisfied: [],
  ignored: [],
};

/** What keeps a ticket that is not completed from being run at all, by what the index says of itself. */
export function whyNotRun(ticket: Ticket): 'deferred' | 'in-progress' | 'history' | undefined {
  if (ticket.isHistory) return 'history';
  if (ticket.state === 'DEFERRED') return 'deferred';
  if (ticket.state === 'IN_PROGRESS') return 'in-progress';
  return undefined;
}
