import { findCycles, nodesOnCycles, stronglyConnected } from '../graph/cycle.js';
import { at, buildDag, type Dag } from '../graph/dag.js';
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
import { TicketTable } from './ticket-table.js';

/** What a plan is made from: who could run, what each waits for, and the graph of it. */
export interface Survey {
  readonly tickets: TicketTable;
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
}

/** Reads the tickets of a plan. */
export function surveyTickets({ tickets: list, options, undelivered }: PlanInput): Survey {
  const tickets = new TicketTable(list);
  const hierarchy = readHierarchy(tickets, options.hierarchy);
  const only = options.only === undefined ? undefined : new Set(options.only);
  const components = options.components === undefined ? undefined : new Set(options.components);
  const isSelected = ({ id, component }: Ticket) =>
    (only === undefined || only.has(id)) && (components === undefined || components.has(component));
  const couldRun = tickets.list.filter(
    (ticket) =>
      ticket.state === 'UNPROCESSED' && !ticket.isHistory && !hierarchy.isContainer(ticket.id),
  );
  const isWhole = only === undefined && components === undefined;
  const open = isWhole ? couldRun : couldRun.filter(isSelected);
  const stated = statedDependencies(tickets.list);
  const context = { tickets, hierarchy, undelivered: undelivered ?? new Set(), isSelected };
  const resolved = open.map((ticket) => judgeDependencies(ticket, stated(ticket), context));
  const dag = graphOf(open, tickets, (index) => (resolved[index] as Dependencies).open);
  const parts = stronglyConnected(dag);
  const finished = tickets.list.filter(({ state }) => state === 'COMPLETED');
  const finishedDag = graphOf(finished, tickets, (index) => stated(finished[index] as Ticket));
  return {
    tickets,
    hierarchy,
    open,
    resolved,
    dag,
    onCycle: nodesOnCycles(dag, parts),
    cycles: named(findCycles(dag, parts), open),
    finishedCycles: named(findCycles(finishedDag), finished),
    containers: tickets.list
      .filter(({ id, state }) => hierarchy.isContainer(id) && state !== 'COMPLETED')
      .map(({ id }) => ({ id, children: hierarchy.childrenOf(id) })),
    notSelected: couldRun.length - open.length,
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

/** The graph of what waits for what among `members`; `of` gives what the one at a place waits for. */
function graphOf(
  members: readonly Ticket[],
  tickets: TicketTable,
  of: (index: number) => readonly TicketId[],
): Dag {
  const nodeOf = new Int32Array(tickets.list.length).fill(-1);
  for (const [node, { id }] of members.entries()) nodeOf[tickets.numberOf(id) as number] = node;
  const edges = function* () {
    for (let after = 0; after < members.length; after += 1) {
      for (const id of of(after)) {
        const number = tickets.numberOf(id);
        const before = number === undefined ? -1 : at(nodeOf, number);
        if (before >= 0) yield [before, after] as const;
      }
    }
  };
  return buildDag(members.length, edges());
}

const named = (cycles: readonly (readonly number[])[], tickets: readonly Ticket[]) =>
  cycles.map((cycle) => cycle.map((node) => (tickets[node] as Ticket).id));
