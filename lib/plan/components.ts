import { neighbours, type Dag } from '../graph/dag.js';
import type { TicketId } from '../model/ids.js';
import type { ComponentPlan, PlannedTicket } from '../model/plan.js';

/** An open ticket as far as its component is concerned. */
type Member = Pick<PlannedTicket, 'id' | 'component' | 'estimateMinutes'>;

/**
 * The components of the open tickets (the nodes of the graph, in its order), by first appearance: whom each must wait for, and with whom it shares declared
 * files. Those that wait for nobody and share nothing can proceed side by side.
 */
export function planComponents(
  members: readonly Member[],
  dag: Dag,
  holdsOf: (node: number) => readonly string[],
): ComponentPlan[] {
  const holders = new Map<string, string | Set<string>>();
  const found = new Map<string, Draft>();
  for (const [node, { id, component, estimateMinutes }] of members.entries()) {
    const draft = found.get(component) ?? { tickets: [], waitsFor: new Set(), minutes: 0 };
    found.set(component, draft);
    draft.tickets.push(id);
    draft.minutes += estimateMinutes;
    for (const before of neighbours(dag.predecessors, node)) {
      const name = members[before]?.component;
      if (name !== undefined && name !== component) draft.waitsFor.add(name);
    }
    for (const file of holdsOf(node)) {
      const known = holders.get(file);
      if (known === undefined) holders.set(file, component);
      else if (typeof known !== 'string') known.add(component);
      else if (known !== component) holders.set(file, new Set([known, component]));
    }
  }
  const shared = new Map<string, Set<string>>();
  for (const names of holders.values()) {
    if (typeof names === 'string') continue;
    for (const name of names) {
      const others = shared.get(name) ?? new Set<string>();
      shared.set(name, others);
      for (const other of names) if (other !== name) others.add(other);
    }
  }
  return [...found].map(([name, { tickets, waitsFor, minutes }]) => ({
    name,
    tickets,
    waitsFor: [...waitsFor].sort(),
    sharesFilesWith: [...(shared.get(name) ?? [])].sort(),
    minutes: Math.round(minutes * 10) / 10,
  }));
}

interface Draft {
  readonly tickets: TicketId[];
  readonly waitsFor: Set<string>;
  minutes: number;
}
