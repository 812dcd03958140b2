import { at, degree, type Dag } from './dag.js';

export interface Order {
  /** Nodes by level, ascending inside a level; those on or behind a cycle are missing. */
  readonly nodes: Int32Array;
  /** Edges on the longest path that ends at a node: 0 without predecessors; −1 on or behind a cycle. */
  readonly levels: Int32Array;
  /** 1 + the highest level; 0 for an empty graph. */
  readonly depth: number;
}

/**
 * Topological order by levels (Kahn 1962), deterministic, iterative, linear in nodes + edges. No edge joins two
 * nodes of one level.
 */
export function topologicalOrder(dag: Dag): Order {
  const waiting = new Int32Array(dag.size);
  const levels = new Int32Array(dag.size).fill(-1);
  const nodes = new Int32Array(dag.size);
  const { offsets, targets } = dag.successors;
  let filled = 0;
  for (let node = 0; node < dag.size; node += 1) {
    waiting[node] = degree(dag.predecessors, node);
    if (waiting[node] === 0) nodes[filled++] = node;
  }
  let depth = 0;
  for (let start = 0; start < filled; depth += 1) {
    const end = filled;
    for (let index = start; index < end; index += 1) {
      const node = at(nodes, index);
      levels[node] = depth;
      for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge += 1) {
        const next = at(targets, edge);
        const left = at(waiting, next) - 1;
        waiting[next] = left;
        if (left === 0) nodes[filled++] = next;
      }
    }
    nodes.subarray(end, filled).sort();
    start = end;
  }
  return { nodes: nodes.slice(0, filled), levels, depth };
}
