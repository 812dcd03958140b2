import { neighbours } from '../graph/dag.js';
import { callOf } from '../model/backlog.js';
import type { TicketId } from '../model/ids.js';
import type { Blocker, Plan, UnfinishedRun } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import { whyNotRun, type Dependencies } from './dependencies.js';
import { deferredAncestor, type Survey } from './survey.js';

/**
 * For each open ticket what keeps it from running in this run; none for those that will run. A ticket behind a blocked
 * one is blocked, too. Linear: each edge is followed once.
 */
export function findBlockers(survey: Survey): readonly (readonly Blocker[])[] {
  const { open, resolved, dag, onCycle } = survey;
  const blockers = open.map((): Blocker[] => NOTHING);
  const add = (node: number, blocker: Blocker) => {
    if (blockers[node] === NOTHING) blockers[node] = [blocker];
    else blockers[node]?.push(blocker);
  };
  const blocked: number[] = [];
  for (const [node, ticket] of open.entries()) {
    for (const blocker of (resolved[node] as Dependencies).blockers) add(node, blocker);
    const above = deferredAncestor(ticket, survey);
    if (above !== undefined) add(node, { id: above, why: 'deferred' });
    if (onCycle.has(node)) {
      for (const before of neighbours(dag.predecessors, node)) {
        if (onCycle.has(before)) add(node, { id: (open[before] as Ticket).id, why: 'cycle' });
      }
    }
    if (blockers[node] !== NOTHING) blocked.push(node);
  }
  const isBlocked = new Set(blocked);
  for (const node of blocked) {
    const { id } = open[node] as Ticket;
    for (const next of neighbours(dag.successors, node)) {
      const isNamed = onCycle.has(node) && onCycle.has(next);
      if (!isNamed) add(next, { id, why: 'blocked' });
      if (isBlocked.has(next)) continue;
      isBlocked.add(next);
      blocked.push(next);
    }
  }
  return blockers;
}

/** Most tickets are not blocked; they need no list of their own. */
const NOTHING: Blocker[] = [];

/** Tickets that somebody has to look at before they can run, whatever else gets done; in index order. */
export function refusals(
  survey: Survey,
  blockedBy: readonly (readonly Blocker[])[],
  unfinished?: UnfinishedRun,
): Plan['refused'] {
  const ofRun = new Set(unfinished?.tickets);
  const reasons = new Map<TicketId, string>();
  for (const [node, ticket] of survey.open.entries()) {
    const own = blockedBy[node] ?? NOTHING;
    if (own.length === 0) continue;
    const missing = own.filter(({ why }) => why === 'missing').map(({ id }) => id);
    if (survey.onCycle.has(node)) reasons.set(ticket.id, cycleReason(ticket.id, survey));
    else if (missing.length > 0) {
      reasons.set(ticket.id, `depends on ${missing.join(', ')}, which the index does not have`);
    }
  }
  for (const ticket of survey.tickets.list) {
    if (ticket.state === 'COMPLETED' || survey.hierarchy.isContainer(ticket.id)) continue;
    const why = whyNotRun(ticket);
    if (why === 'deferred') {
      const because = ticket.deferReason === undefined ? '' : ` (${ticket.deferReason})`;
      reasons.set(ticket.id, `is DEFERRED${because}; set it to UNPROCESSED to try again`);
    } else if (why === 'in-progress') {
      reasons.set(
        ticket.id,
        unfinished && ofRun.has(ticket.id)
          ? `is IN_PROGRESS by run ${unfinished.run}, which ${whatOf(unfinished)}`
          : 'is IN_PROGRESS and not by this run; set it to UNPROCESSED if nobody works on it',
      );
    }
  }
  const place = (id: TicketId) => survey.tickets.numberOf(id) ?? 0;
  return [...reasons]
    .sort(([left], [right]) => place(left) - place(right))
    .map(([id, reason]) => ({ id, reason }));
}

/** What becomes of a run without an end. */
export const whatOf = ({ isGoingOn, backlog = 'tickets' }: UnfinishedRun) =>
  isGoingOn
    ? 'is going on'
    : `was interrupted: the next \`${callOf(backlog)}\` goes on with it first`;

function cycleReason(id: TicketId, { cycles }: Survey): string {
  const own = cycles.find((cycle) => cycle.includes(id));
  if (own === undefined) return 'waits for itself through other tickets';
  return own.length === 1
    ? 'depends on itself'
    : `waits for itself: ${[...own, own[0]].join(' → ')}`;
}
