import { at, neighbours, type Dag } from './dag.js';

/**
 * One shortest cycle for every strongly connected part that has one, as the path of a wait: each node waits for the
 * next, the last for the first. Starts at the smallest node of the part that lies on a shortest cycle found from
 * it; parts come in order of their smallest node. Iterative.
 */
export function findCycles(dag: Dag, parts: Parts = stronglyConnected(dag)): number[][] {
  return parts.cyclic
    .map((members) => shortestCycle(dag, members, parts.partOf))
    .sort((left, right) => at(left, 0) - at(right, 0));
}

/** All nodes that lie on some cycle. */
export function nodesOnCycles(dag: Dag, parts: Parts = stronglyConnected(dag)): Set<number> {
  return new Set(parts.cyclic.flat());
}

export interface Parts {
  /** Number of the part a node belongs to. */
  readonly partOf: Int32Array;
  /** The nodes of each part that has a cycle, ascending; most parts are one node that waits for others only. */
  readonly cyclic: readonly (readonly number[])[];
}

/** Strongly connected parts (Tarjan 1972 with an explicit stack), linear in nodes + edges. */
export function stronglyConnected(dag: Dag): Parts {
  const { offsets, targets } = dag.predecessors;
  const seenAt = new Int32Array(dag.size).fill(-1);
  const lowest = new Int32Array(dag.size);
  const partOf = new Int32Array(dag.size).fill(-1);
  const cursor = offsets.slice(0, dag.size);
  const cyclic: number[][] = [];
  let count = 0;
  const open: number[] = [];
  const path: number[] = [];
  let clock = 0;
  const enter = (node: number) => {
    seenAt[node] = lowest[node] = clock++;
    open.push(node);
    path.push(node);
  };
  for (let root = 0; root < dag.size; root += 1) {
    if (at(seenAt, root) >= 0) continue;
    enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      if (at(cursor, node) < at(offsets, node + 1)) {
        const next = at(targets, at(cursor, node));
        cursor[node] = at(cursor, node) + 1;
        if (at(seenAt, next) < 0) enter(next);
        else if (at(partOf, next) < 0) {
          lowest[node] = Math.min(at(lowest, node), at(seenAt, next));
        }
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) lowest[above] = Math.min(at(lowest, above), at(lowest, node));
      if (at(lowest, node) !== at(seenAt, node)) continue;
      const start = open.lastIndexOf(node);
      for (let index = start; index < open.length; index += 1) partOf[at(open, index)] = count;
      count += 1;
      if (open.length - start > 1 || waitsForItself(dag, node)) {
        cyclic.push(open.slice(start).sort((left, right) => left - right));
      }
      open.length = start;
    }
  }
  return { partOf, cyclic };
}

function waitsForItself({ predecessors: { offsets, targets } }: Dag, node: number): boolean {
  for (let index = at(offsets, node); index < at(offsets, node + 1); index += 1) {
    if (at(targets, index) === node) return true;
  }
  return false;
}

/** Looking from every node of a part is quadratic: beyond so many the shortest cycle through one of the first is taken. */
const STARTS = 500;

function shortestCycle(dag: Dag, members: readonly number[], partOf: Int32Array): number[] {
  let best: number[] | undefined;
  for (const start of members.slice(0, STARTS)) {
    const cycle = shortestThrough(dag, start, partOf);
    if (best === undefined || cycle.length < best.length) best = cycle;
    if (best.length === 1) break;
  }
  return best ?? [];
}

/** Breadth first from `start` inside its part until an edge leads back to it. */
function shortestThrough(dag: Dag, start: number, partOf: Int32Array): number[] {
  const cameFrom = new Map<number, number>([[start, start]]);
  const queue = [start];
  for (const node of queue) {
    for (const next of neighbours(dag.predecessors, node)) {
      if (next === start) return pathTo(node, start, cameFrom);
      if (at(partOf, next) !== at(partOf, start) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  throw new Error('a strongly connected part has a cycle through each of its nodes');
}

function pathTo(end: number, start: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const path = [end];
  for (let node = end; node !== start;) {
    node = cameFrom.get(node) ?? start;
    path.push(node);
  }
  return path.reverse();
}
