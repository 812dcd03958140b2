import type { TicketId } from '../model/ids.js';
import type { Blocker } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import type { Hierarchy } from './hierarchy.js';

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
  readonly tickets: ReadonlyMap<TicketId, Ticket>;
  readonly hierarchy: Hierarchy;
  /** Completed tickets whose landed work is not in the base of this run. */
  readonly undelivered: ReadonlySet<TicketId>;
  readonly isSelected: (ticket: Ticket) => boolean;
}

/** For each ticket the ids it waits for as the index says: its own list and the `blocks` of others, once each. */
export function statedDependencies(
  tickets: ReadonlyMap<TicketId, Ticket>,
): (ticket: Ticket) => readonly TicketId[] {
  const blockedBy = new Map<TicketId, TicketId[]>();
  for (const { id, blocks } of tickets.values()) {
    for (const blocked of blocks) {
      const known = blockedBy.get(blocked);
      if (known === undefined) blockedBy.set(blocked, [id]);
      else known.push(id);
    }
  }
  return ({ id, dependencies }) => [...new Set([...dependencies, ...(blockedBy.get(id) ?? [])])];
}

/** Judges the dependencies of one ticket: only COMPLETED work that the base holds satisfies. */
export function judgeDependencies(
  ticket: Ticket,
  stated: readonly TicketId[],
  { tickets, hierarchy, undelivered, isSelected }: DependencyContext,
): Dependencies {
  const open = new Set<TicketId>();
  const blockers = new Map<TicketId, Blocker>();
  const satisfied: TicketId[] = [];
  const ignored: TicketId[] = [];
  const judge = (other: Ticket) => {
    if (other.state === 'COMPLETED') {
      if (undelivered.has(other.id)) block(other.id, 'undelivered');
      return;
    }
    open.add(other.id);
    const why = whyNotRun(other) ?? (isSelected(other) ? undefined : 'not-selected');
    if (why !== undefined) block(other.id, why);
  };
  const block = (id: TicketId, why: Blocker['why']) => blockers.set(id, { id, why });
  for (const id of stated) {
    const other = tickets.get(id);
    if (other === undefined) block(id, 'missing');
    else if (hierarchy.ancestorsOf(ticket.id).has(id)) ignored.push(id);
    else {
      const parts =
        hierarchy.isContainer(id) && other.state !== 'COMPLETED' ? hierarchy.leavesOf(id) : [id];
      for (const part of parts) {
        const leaf = tickets.get(part);
        if (leaf !== undefined) judge(leaf);
      }
      if (parts.every((part) => !open.has(part) && !blockers.has(part))) satisfied.push(id);
    }
  }
  return { open: [...open], blockers: [...blockers.values()], satisfied, ignored };
}

/** What keeps a ticket that is not completed from being run at all, by what the index says of itself. */
export function whyNotRun(ticket: Ticket): 'deferred' | 'in-progress' | 'history' | undefined {
  if (ticket.isHistory) return 'history';
  if (ticket.state === 'DEFERRED') return 'deferred';
  if (ticket.state === 'IN_PROGRESS') return 'in-progress';
  return undefined;
}
