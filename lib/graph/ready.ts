import { at, degree, type Dag } from './dag.js';

/** Which nodes may start, as others are settled. */
export interface ReadySet {
  /** Nodes without an open predecessor at the beginning, ascending. */
  readonly initial: readonly number[];
  /** Marks a node as done and returns the nodes that became ready by it, ascending. A second time it returns none. */
  settle(node: number): readonly number[];
  isSettled(node: number): boolean;
}

/** Counts open predecessors: each edge is looked at once in the whole life of the set. */
export function readySet(dag: Dag): ReadySet {
  const waiting = new Int32Array(dag.size);
  const settled = new Uint8Array(dag.size);
  const initial: number[] = [];
  const { offsets, targets } = dag.successors;
  for (let node = 0; node < dag.size; node += 1) {
    waiting[node] = degree(dag.predecessors, node);
    if (waiting[node] === 0) initial.push(node);
  }
  return {
    initial,
    isSettled: (node) => settled[node] === 1,
    settle(node) {
      if (settled[node] === 1) return [];
      settled[node] = 1;
      const ready: number[] = [];
      for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge += 1) {
        const next = at(targets, edge);
        const left = at(waiting, next) - 1;
        waiting[next] = left;
        if (left === 0) ready.push(next);
      }
      return ready;
    },
  };
}
