import type { TicketId } from '../model/ids.js';
import type { Plan } from '../model/plan.js';
import type { RunTicket } from '../model/run.js';
import type { Ticket } from '../model/ticket.js';
import { commitMessage } from './commit-message.js';
import { findConflicts } from './conflicts.js';

/**
 * The tickets that a run of this plan will work on, in index order, with all the engine needs of them. `defaultAgent` is
 * who works on a ticket that asks for nobody.
 */
export function runTickets(
  plan: Plan,
  tickets: readonly Ticket[],
  defaultAgent: string,
): RunTicket[] {
  const byId = new Map<TicketId, Ticket>();
  for (const ticket of tickets) if (!byId.has(ticket.id)) byId.set(ticket.id, ticket);
  const runnable = plan.tickets.flatMap((planned) => {
    const ticket = byId.get(planned.id);
    return planned.batch === undefined || ticket === undefined
      ? []
      : [{ planned, ticket, batch: planned.batch }];
  });
  const runs = new Set(runnable.map(({ ticket }) => ticket.id));
  const conflicts = findConflicts(runnable.map(({ ticket }) => ticket));
  return runnable.map(({ planned, ticket, batch }, index) => ({
    id: ticket.id,
    title: ticket.title,
    dependsOn: planned.dependsOn,
    conflictsWith: planned.conflictsWith.filter((id) => runs.has(id)),
    files: conflicts.holdsOf(index),
    priority: planned.priority,
    inheritedPriority: planned.inheritedPriority,
    estimateMinutes: planned.estimateMinutes,
    tailMinutes: planned.tailMinutes,
    batch,
    order: planned.order,
    scripts: [
      ...ticket.scripts,
      ...ticket.subtasks.flatMap(({ isDone, script }) => (isDone ? [] : (script ?? []))),
    ],
    message: commitMessage(ticket),
    component: ticket.component,
    ...(planned.epic === undefined ? {} : { epic: planned.epic }),
    agent: ticket.agent ?? defaultAgent,
    type: ticket.type,
  }));
}
