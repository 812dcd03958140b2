import { findCycles, nodesOnCycles, stronglyConnected } from '../graph/cycle.js';
import { buildDag, type Dag } from '../graph/dag.js';
import type { TicketId } from '../model/ids.js';
import type { Container } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import type { PlanInput } from './input.js';
import {
  judgeDependencies,
  statedDependencies,
  whyNotRun,
  type Dependencies,
} from './dependencies.js';
import { readHierarchy, type Hierarchy } from './hierarchy.js';

/** What a plan is made from: who could run, what each waits for, and the graph of it. */
export interface Survey {
  readonly tickets: ReadonlyMap<TicketId, Ticket>;
  readonly position: ReadonlyMap<TicketId, number>;
  readonly hierarchy: Hierarchy;
  /** UNPROCESSED, selected, neither container nor history; in index order. Nodes of the graph are places in it. */
  readonly open: readonly Ticket[];
  readonly resolved: readonly Dependencies[];
  readonly dag: Dag;
  readonly onCycle: ReadonlySet<number>;
  readonly cycles: readonly (readonly TicketId[])[];
  /** Cycles among tickets that are done: harmless. */
  readonly finishedCycles: readonly (readonly TicketId[])[];
  /** Those not completed yet. */
  readonly containers: readonly Container[];
  /** Could run but for the selection. */
  readonly notSelected: number;
  readonly duplicates: readonly TicketId[];
}

/** Reads the tickets of a plan. Of two tickets with one id the first counts. */
export function surveyTickets({ tickets: list, options, undelivered }: PlanInput): Survey {
  const tickets = new Map<TicketId, Ticket>();
  const position = new Map<TicketId, number>();
  const duplicates: TicketId[] = [];
  for (const [index, ticket] of list.entries()) {
    if (tickets.has(ticket.id)) {
      duplicates.push(ticket.id);
      continue;
    }
    tickets.set(ticket.id, ticket);
    position.set(ticket.id, index);
  }
  const hierarchy = readHierarchy(tickets, options.hierarchy);
  const only = options.only === undefined ? undefined : new Set(options.only);
  const components = options.components === undefined ? undefined : new Set(options.components);
  const isSelected = ({ id, component }: Ticket) =>
    (only === undefined || only.has(id)) && (components === undefined || components.has(component));
  const couldRun = [...tickets.values()].filter(
    (ticket) =>
      ticket.state === 'UNPROCESSED' && !ticket.isHistory && !hierarchy.isContainer(ticket.id),
  );
  const open = couldRun.filter(isSelected);
  const stated = statedDependencies(tickets);
  const context = { tickets, hierarchy, undelivered: undelivered ?? new Set(), isSelected };
  const resolved = open.map((ticket) => judgeDependencies(ticket, stated(ticket), context));
  const dag = graphOf(open, (index) => resolved[index]?.open ?? []);
  const parts = stronglyConnected(dag);
  const finished = [...tickets.values()].filter(({ state }) => state === 'COMPLETED');
  const finishedDag = graphOf(finished, (index) => stated(finished[index] as Ticket));
  return {
    tickets,
    position,
    hierarchy,
    open,
    resolved,
    dag,
    onCycle: nodesOnCycles(dag, parts),
    cycles: named(findCycles(dag, parts), open),
    finishedCycles: named(findCycles(finishedDag), finished),
    containers: [...tickets.values()]
      .filter(({ id, state }) => hierarchy.isContainer(id) && state !== 'COMPLETED')
      .map(({ id }) => ({ id, children: hierarchy.childrenOf(id) })),
    notSelected: couldRun.length - open.length,
    duplicates,
  };
}

/** Whether a container that is put off puts off what is below it, and which one. */
export function deferredAncestor(ticket: Ticket, survey: Survey): TicketId | undefined {
  for (const id of survey.hierarchy.ancestorsOf(ticket.id)) {
    const above = survey.tickets.get(id);
    if (above !== undefined && whyNotRun(above) === 'deferred') return id;
  }
  return undefined;
}

function graphOf(tickets: readonly Ticket[], of: (index: number) => readonly TicketId[]): Dag {
  const nodeOf = new Map(tickets.map(({ id }, node) => [id, node]));
  const edges = function* () {
    for (const after of tickets.keys()) {
      for (const id of of(after)) {
        const before = nodeOf.get(id);
        if (before !== undefined) yield [before, after] as const;
      }
    }
  };
  return buildDag(tickets.length, edges());
}

const named = (cycles: readonly (readonly number[])[], tickets: readonly Ticket[]) =>
  cycles.map((cycle) => cycle.map((node) => (tickets[node] as Ticket).id));
