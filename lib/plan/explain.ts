import { failed, success, type Result } from '../model/failure.js';
import type { TicketId } from '../model/ids.js';
import { alike, near } from '../model/nearest.js';
import type { Plan, PlannedTicket } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import { findConflicts } from './conflicts.js';
import {
  judgeDependencies,
  NO_DEPENDENCIES,
  statedDependencies,
  type Dependencies,
} from './dependencies.js';
import { CHAIN_LIMIT, type ChainLink, type Explanation, type Obstacle } from './explanation.js';
import { readHierarchy, type Hierarchy } from './hierarchy.js';
import { TicketTable } from './ticket-table.js';
import { unblockSteps } from './unblock-steps.js';

/** Explains one ticket of the index a plan was made from; an unknown id fails and names the nearest ones. */
export function explain(plan: Plan, list: readonly Ticket[], wanted: string): Result<Explanation> {
  const tickets = new TicketTable(list);
  const ticket = tickets.get(wanted as TicketId);
  if (ticket === undefined) return failed(unknownTicket(wanted, tickets));
  const planned = new Map(plan.tickets.map((one) => [one.id, one]));
  const hierarchy = readHierarchy(tickets, plan.hierarchy ?? 'containers');
  const judge = judgeLike(plan, tickets, hierarchy);
  const place = planned.get(ticket.id);
  const standing = standingOf(ticket, hierarchy, place);
  // A container is complete with its last child, whatever its own dependencies say.
  const isWork = standing !== 'container' && standing !== 'completed';
  const own = isWork ? judge(ticket) : NO_DEPENDENCIES;
  const { chain, isChainCut } = isWork ? walk(ticket.id, tickets, planned, judge) : NO_CHAIN;
  const started = plan.timeline.findIndex((bar) => bar.ticket === ticket.id);
  const startsAtMinutes = plan.timeline[started]?.startMinutes;
  const waitedForBy = plan.tickets.filter(({ dependsOn }) => dependsOn.includes(ticket.id));
  const isOnCriticalPath = plan.criticalPath.includes(ticket.id);
  return success({
    id: ticket.id,
    title: ticket.title,
    state: ticket.state,
    standing,
    priority: ticket.priority,
    inheritedPriority: place?.inheritedPriority ?? ticket.priority,
    component: ticket.component,
    blocking: obstacles(own, place, tickets, planned),
    satisfied: own.satisfied,
    ignored: own.ignored,
    chain,
    isChainCut,
    steps: unblockSteps(
      isWork
        ? [...chain.map(({ id }) => id).reverse(), ticket.id]
        : hierarchy.leavesOf(ticket.id).filter((id) => tickets.get(id)?.state !== 'COMPLETED'),
      ticket,
      tickets,
      planned,
      plan.unfinished,
    ),
    waitedForBy: waitedForBy.map(({ id }) => id),
    ...(place?.batch === undefined ? {} : { batch: place.batch }),
    conflicts: conflictsOf(ticket, place, tickets),
    ...(started < 0 ? {} : { position: started + 1 }),
    of: plan.timeline.length,
    ...(startsAtMinutes === undefined ? {} : { startsAtMinutes }),
    ...(place === undefined
      ? {}
      : { estimateMinutes: place.estimateMinutes, tailMinutes: place.tailMinutes }),
    isOnCriticalPath,
    reasons: reasonsFor(plan, place, isOnCriticalPath, waitedForBy),
    children: hierarchy.childrenOf(ticket.id),
  });
}

const NO_CHAIN = { chain: [], isChainCut: false };

function unknownTicket(wanted: string, { list }: TicketTable) {
  const ids = list.map(({ id }) => id).sort();
  const meant = near(wanted, ids, alike).slice(0, SUGGESTIONS);
  return {
    code: 'plan/unknown-ticket' as const,
    message: `The index has no ticket ${JSON.stringify(wanted)}.`,
    ...(meant.length === 0
      ? {}
      : { hint: `Did you mean ${meant.map(({ candidate }) => candidate).join(' or ')}?` }),
  };
}

const SUGGESTIONS = 3;

/** Judges dependencies as the plan did: what it found undelivered or not selected is so here, too. */
function judgeLike(plan: Plan, tickets: TicketTable, hierarchy: Hierarchy) {
  const undelivered = new Set<TicketId>();
  const notSelected = new Set<string>();
  for (const { id, why } of plan.tickets.flatMap(({ blockedBy }) => blockedBy)) {
    if (why === 'undelivered') undelivered.add(id as TicketId);
    if (why === 'not-selected') notSelected.add(id);
  }
  const stated = statedDependencies(tickets.list);
  const context = {
    tickets,
    hierarchy,
    undelivered,
    isSelected: ({ id }: Ticket) => !notSelected.has(id),
  };
  return (ticket: Ticket) => judgeDependencies(ticket, stated(ticket), context);
}

function standingOf(
  ticket: Ticket,
  hierarchy: Hierarchy,
  place: PlannedTicket | undefined,
): Explanation['standing'] {
  if (ticket.state === 'COMPLETED') return 'completed';
  if (hierarchy.isContainer(ticket.id)) return 'container';
  if (ticket.isHistory) return 'history';
  if (ticket.state === 'DEFERRED') return 'deferred';
  if (ticket.state === 'IN_PROGRESS') return 'in-progress';
  if (place === undefined) return 'not-selected';
  if (place.batch === undefined) return 'blocked';
  return place.dependsOn.length === 0 ? 'ready' : 'waiting';
}

function obstacles(
  own: Dependencies,
  place: PlannedTicket | undefined,
  tickets: TicketTable,
  planned: ReadonlyMap<TicketId, PlannedTicket>,
): Obstacle[] {
  const why = new Map<string, Obstacle['why']>(own.open.map((id) => [id, 'open']));
  for (const blocker of [...own.blockers, ...(place?.blockedBy ?? [])]) {
    why.set(blocker.id, blocker.why);
  }
  return [...why].map(([id, reason]) => {
    const ticket = tickets.get(id as TicketId);
    const batch = planned.get(id as TicketId)?.batch;
    return {
      id,
      title: ticket?.title ?? id,
      ...(ticket === undefined ? {} : { state: ticket.state }),
      why: reason,
      ...(batch === undefined ? {} : { batch }),
    };
  });
}

/** Breadth first through what is waited for; every ticket once, at its nearest. */
function walk(
  start: TicketId,
  tickets: TicketTable,
  planned: ReadonlyMap<TicketId, PlannedTicket>,
  judge: (ticket: Ticket) => Dependencies,
): { readonly chain: ChainLink[]; readonly isChainCut: boolean } {
  const chain: ChainLink[] = [];
  const depths = new Map<string, number>([[start, 0]]);
  for (const [id, depth] of depths) {
    if (chain.length >= CHAIN_LIMIT) return { chain, isChainCut: true };
    const ticket = tickets.get(id as TicketId);
    const own = ticket === undefined || ticket.state === 'COMPLETED' ? undefined : judge(ticket);
    const blockers = [...(own?.blockers ?? []), ...(planned.get(id as TicketId)?.blockedBy ?? [])];
    const waitsFor = [...new Set([...(own?.open ?? []), ...blockers.map((one) => one.id)])];
    for (const next of waitsFor) if (!depths.has(next)) depths.set(next, depth + 1);
    if (id === start) continue;
    chain.push({
      id,
      depth,
      ...(ticket === undefined ? {} : { state: ticket.state }),
      isRoot: waitsFor.length === 0,
      waitsFor,
    });
  }
  return { chain, isChainCut: false };
}

function conflictsOf(ticket: Ticket, place: PlannedTicket | undefined, tickets: TicketTable) {
  const others = new Set(place?.conflictsWith);
  if (others.size === 0) return [];
  const members = tickets.list.filter(({ id }) => id === ticket.id || others.has(id));
  const indexOf = new Map(members.map(({ id }, index) => [id, index]));
  const conflicts = findConflicts(members);
  const holds = (id: TicketId) => conflicts.holdsOf(indexOf.get(id) ?? -1);
  const own = new Set(holds(ticket.id));
  return [...others].map((id) => ({ id, files: holds(id).filter((file) => own.has(file)) }));
}

function reasonsFor(
  plan: Plan,
  place: PlannedTicket | undefined,
  isOnCriticalPath: boolean,
  waitedForBy: readonly PlannedTicket[],
): string[] {
  if (place?.batch === undefined) return [];
  const { priority, inheritedPriority, tailMinutes, estimateMinutes, conflictsWith } = place;
  const reasons: string[] = [];
  if (isOnCriticalPath)
    reasons.push('it is on the critical path: every delay of it delays the end');
  if (plan.order === 'priority')
    reasons.push(`order: priority, it is P${priority}, then file order`);
  else if (inheritedPriority < priority) {
    const cause = waitedForBy.find((other) => other.inheritedPriority === inheritedPriority);
    reasons.push(
      `it is P${priority} but goes as P${inheritedPriority}, because ${cause?.id ?? 'a ticket'} waits for it`,
    );
  } else reasons.push(`it is P${priority}`);
  reasons.push(
    tailMinutes > estimateMinutes
      ? `it and what waits for it take ${minutes(tailMinutes)} one after the other`
      : `it takes about ${minutes(estimateMinutes)}, and nothing waits for it`,
  );
  if (place.model) reasons.push(`model ${place.model.because}`);
  if (conflictsWith.length > 0) {
    reasons.push(
      `it declares files of ${conflictsWith.slice(0, 5).join(', ')}: never in one batch`,
    );
  }
  return reasons;
}

const minutes = (value: number) => `${Math.round(value)} min`;
