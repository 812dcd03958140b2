import type { TicketId } from '../model/ids.js';
import type { TicketTable } from './ticket-table.js';

/** Who belongs under whom, taken from `parent` and from `children`, because indexes often keep only one of the two. */
export interface Hierarchy {
  /** A ticket with children in the index, which is not run itself (never one with `hierarchy: literal`). */
  isContainer(id: TicketId): boolean;
  /** Direct children, in index order. */
  childrenOf(id: TicketId): readonly TicketId[];
  /** Everything above a ticket; without itself, even where the index draws a circle. */
  ancestorsOf(id: TicketId): ReadonlySet<TicketId>;
  /** What a ticket belongs to at the very top; undefined: to nothing above it. */
  epicOf(id: TicketId): TicketId | undefined;
  /** The tickets below a container that are run, in index order. */
  leavesOf(id: TicketId): readonly TicketId[];
}

/** Reads the hierarchy of an index; `literal` keeps ancestry out of it altogether. */
export function readHierarchy(tickets: TicketTable, kind: 'containers' | 'literal'): Hierarchy {
  const parents = new Map<TicketId, Set<TicketId>>();
  const children = new Map<TicketId, Set<TicketId>>();
  const join = (parent: TicketId, child: TicketId) => {
    if (parent === child || !tickets.has(parent) || !tickets.has(child)) return;
    entry(parents, child).add(parent);
    entry(children, parent).add(child);
  };
  if (kind === 'containers') {
    for (const ticket of tickets.list) {
      if (ticket.parent !== undefined) join(ticket.parent, ticket.id);
      for (const child of ticket.children) join(ticket.id, child);
    }
  }
  const place = (id: TicketId) => tickets.numberOf(id) ?? 0;
  const inOrder = (ids: Iterable<TicketId>) =>
    [...ids].sort((left, right) => place(left) - place(right));
  const above = remember((id: TicketId) => reach(id, parents));
  // Tickets that are only each other's parents hold no work below them: they are ordinary tickets, or nobody ran them.
  const childless = [...parents.keys()].filter((id) => !children.has(id));
  const containers = reachAll(childless, parents);
  const leaves = remember((id: TicketId) =>
    inOrder([...reach(id, children)].filter((below) => !containers.has(below))),
  );
  const topmost = (id: TicketId) =>
    [...(parents.has(id) ? above(id) : NOBODY)].filter((one) => !parents.has(one));
  return {
    isContainer: (id) => containers.has(id),
    childrenOf: (id) => inOrder(children.get(id) ?? []),
    ancestorsOf: (id) => (parents.has(id) ? above(id) : NOBODY),
    epicOf: (id) => inOrder(topmost(id)).at(0),
    leavesOf: leaves,
  };
}

const NOBODY: ReadonlySet<TicketId> = new Set();

function entry(map: Map<TicketId, Set<TicketId>>, id: TicketId): Set<TicketId> {
  const known = map.get(id);
  if (known !== undefined) return known;
  const fresh = new Set<TicketId>();
  map.set(id, fresh);
  return fresh;
}

type Steps = ReadonlyMap<TicketId, ReadonlySet<TicketId>>;

function reachAll(starts: Iterable<TicketId>, next: Steps): Set<TicketId> {
  const found = new Set<TicketId>();
  const queue = [...starts].flatMap((id) => [...(next.get(id) ?? [])]);
  for (const id of queue) {
    if (found.has(id)) continue;
    found.add(id);
    for (const other of next.get(id) ?? []) queue.push(other);
  }
  return found;
}

function reach(id: TicketId, next: Steps): Set<TicketId> {
  const found = reachAll([id], next);
  found.delete(id);
  return found;
}

function remember<Value>(find: (id: TicketId) => Value): (id: TicketId) => Value {
  const known = new Map<TicketId, Value>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const value = find(id);
    known.set(id, value);
    return value;
  };
}
