import { at, type Dag } from '../graph/dag.js';
import type { TicketId } from '../model/ids.js';
import type { ComponentPlan, PlannedTicket } from '../model/plan.js';

/** An open ticket as far as its component is concerned. */
type Member = Pick<PlannedTicket, 'id' | 'component' | 'estimateMinutes'>;

/**
 * The components of the open tickets (the nodes of the graph, in its order), by first appearance: whom each must wait
 * for, and with whom it shares declared files (`keysOf` numbers what more than one ticket declares). Those that wait for
 * nobody and share nothing can proceed side by side.
 */
export function planComponents(
  members: readonly Member[],
  dag: Dag,
  keysOf: (node: number) => readonly number[],
): ComponentPlan[] {
  const numbers = new Map<string, number>();
  const drafts: Draft[] = [];
  const componentOf = new Int32Array(members.length);
  for (const [node, { id, component, estimateMinutes }] of members.entries()) {
    let number = numbers.get(component);
    if (number === undefined) {
      number = drafts.length;
      numbers.set(component, number);
      drafts.push({
        name: component,
        tickets: [],
        waitsFor: new Set(),
        shares: new Set(),
        minutes: 0,
      });
    }
    componentOf[node] = number;
    const draft = drafts[number] as Draft;
    draft.tickets.push(id);
    draft.minutes += estimateMinutes;
  }
  const { offsets, targets } = dag.predecessors;
  const holders: (number | Set<number> | undefined)[] = [];
  for (let node = 0; node < members.length; node += 1) {
    const own = at(componentOf, node);
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge += 1) {
      const other = at(componentOf, at(targets, edge));
      if (other !== own) drafts[own]?.waitsFor.add(other);
    }
    for (const key of keysOf(node)) {
      const known = holders[key];
      if (known === undefined) holders[key] = own;
      else if (typeof known !== 'number') known.add(own);
      else if (known !== own) holders[key] = new Set([known, own]);
    }
  }
  for (const sharing of holders) {
    if (sharing === undefined || typeof sharing === 'number') continue;
    for (const own of sharing) {
      for (const other of sharing) if (other !== own) drafts[own]?.shares.add(other);
    }
  }
  const names = (others: ReadonlySet<number>) =>
    [...others].map((other) => (drafts[other] as Draft).name).sort();
  return drafts.map(({ name, tickets, waitsFor, shares, minutes }) => ({
    name,
    tickets,
    waitsFor: names(waitsFor),
    sharesFilesWith: names(shares),
    minutes: Math.round(minutes * 10) / 10,
  }));
}

/** Other components are numbers: places in the list of all. */
interface Draft {
  readonly name: string;
  readonly tickets: TicketId[];
  readonly waitsFor: Set<number>;
  readonly shares: Set<number>;
  minutes: number;
}
