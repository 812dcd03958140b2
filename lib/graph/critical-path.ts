import { at, neighbours, type Dag } from './dag.js';
import type { Order } from './order.js';

export interface CriticalPath {
  /** Longest weighted path from the start of a node to the end, its own weight included. */
  readonly tails: Float64Array;
  /** How much later than possible a node may start without making the whole longer; 0 on the critical path. */
  readonly slack: Float64Array;
  /** Weight of the longest path: no schedule is shorter. */
  readonly length: number;
  /** One longest path, from first to last; among equals the smallest nodes. */
  readonly path: readonly number[];
}

/** Tails, slack and a critical path of the acyclic nodes (`order` says which); linear. */
export function criticalPath(dag: Dag, order: Order, weights: ArrayLike<number>): CriticalPath {
  const tails = longestTails(dag, order, weights);
  const heads = new Float64Array(dag.size);
  const { offsets, targets } = dag.successors;
  let length = 0;
  let node = -1;
  for (const here of order.nodes) {
    const end = at(heads, here) + at(weights, here);
    for (let edge = at(offsets, here); edge < at(offsets, here + 1); edge += 1) {
      const next = at(targets, edge);
      heads[next] = Math.max(at(heads, next), end);
    }
    if (at(order.levels, here) === 0 && at(tails, here) > length) {
      length = at(tails, here);
      node = here;
    }
  }
  const slack = tails.map((tail, here) => length - tail - at(heads, here));
  const path: number[] = [];
  while (node >= 0) {
    path.push(node);
    let following = -1;
    for (const next of neighbours(dag.successors, node)) {
      if (at(order.levels, next) < 0) continue;
      if (following < 0 || at(tails, next) > at(tails, following)) following = next;
    }
    node = following;
  }
  return { tails, slack, length, path };
}

/** Longest weighted path from each node to the end, its own weight included; 0 for nodes on or behind a cycle. */
export function longestTails(dag: Dag, order: Order, weights: ArrayLike<number>): Float64Array {
  const tails = new Float64Array(dag.size);
  const { offsets, targets } = dag.successors;
  for (let index = order.nodes.length - 1; index >= 0; index -= 1) {
    const node = at(order.nodes, index);
    let longest = 0;
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge += 1) {
      const next = at(targets, edge);
      longest = Math.max(longest, at(tails, next));
    }
    tails[node] = longest + at(weights, node);
  }
  return tails;
}

/** The smallest value among a node and everything that waits for it, directly or not. */
export function inheritedMinimum(dag: Dag, order: Order, values: ArrayLike<number>): Float64Array {
  const inherited = Float64Array.from(values);
  const { offsets, targets } = dag.successors;
  for (let index = order.nodes.length - 1; index >= 0; index -= 1) {
    const node = at(order.nodes, index);
    for (let edge = at(offsets, node); edge < at(offsets, node + 1); edge += 1) {
      const next = at(targets, edge);
      if (at(inherited, next) < at(inherited, node)) inherited[node] = at(inherited, next);
    }
  }
  return inherited;
}
