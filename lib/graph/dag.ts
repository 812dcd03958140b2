import { Graph } from '@dagrejs/graphlib';

/**
 * A directed graph over the nodes 0 … size − 1, as flat arrays: the neighbours of node `v` are
 * `targets[offsets[v]] … targets[offsets[v + 1] − 1]`, ascending. Node numbers are positions in the list it was
 * built from, so "smallest number first" is file order. It may hold cycles until {@link file://./cycle.ts} was asked.
 */
export interface Dag {
  readonly size: number;
  /** Who waits for a node. */
  readonly successors: Adjacency;
  /** What a node waits for. */
  readonly predecessors: Adjacency;
}

export interface Adjacency {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** Before, after: `after` waits for `before`. */
export type Edge = readonly [before: number, after: number];

/**
 * Builds the graph of `size` nodes and the given edges; repeated edges count once, self edges stay (they are
 * cycles). graphlib is the container and nothing more: its own algorithms recurse and overflow on chains of a few
 * thousand nodes. Nodes are named by number there, because it keeps them in plain objects, where an id such as
 * `__proto__` would get lost.
 */
export function buildDag(size: number, edges: Iterable<Edge>): Dag {
  const graph = new Graph({ directed: true });
  const names = Array.from({ length: size }, (_, node) => String(node));
  for (const name of names) graph.setNode(name);
  for (const [before, after] of edges) {
    const from = names[before];
    const to = names[after];
    if (from === undefined || to === undefined) {
      throw new RangeError(`edge ${before} → ${after} leaves the graph of ${size} nodes`);
    }
    graph.setEdge(from, to);
  }
  return {
    size,
    successors: adjacency(names, graph.edgeCount(), (name) => graph.successors(name) ?? []),
    predecessors: adjacency(names, graph.edgeCount(), (name) => graph.predecessors(name) ?? []),
  };
}

/** The part of a graph whose nodes are kept, renumbered in the same order. */
export function restrict(dag: Dag, isKept: (node: number) => boolean): Dag {
  const renumbered = new Int32Array(dag.size).fill(-1);
  let size = 0;
  for (let node = 0; node < dag.size; node += 1) {
    if (isKept(node)) renumbered[node] = size++;
  }
  if (size === dag.size) return dag;
  const part = ({ offsets, targets }: Adjacency): Adjacency => {
    const newOffsets = new Int32Array(size + 1);
    const newTargets = new Int32Array(targets.length);
    let filled = 0;
    for (let node = 0; node < dag.size; node += 1) {
      const own = at(renumbered, node);
      if (own < 0) continue;
      for (let index = at(offsets, node); index < at(offsets, node + 1); index += 1) {
        const target = at(renumbered, at(targets, index));
        if (target >= 0) newTargets[filled++] = target;
      }
      newOffsets[own + 1] = filled;
    }
    return { offsets: newOffsets, targets: newTargets.slice(0, filled) };
  };
  return { size, successors: part(dag.successors), predecessors: part(dag.predecessors) };
}

/** The neighbours of a node, ascending; a view, not a copy. Making it costs more than a loop over a few edges. */
export function neighbours(adjacent: Adjacency, node: number): Int32Array {
  return adjacent.targets.subarray(at(adjacent.offsets, node), at(adjacent.offsets, node + 1));
}

/** How many neighbours a node has. */
export function degree({ offsets }: Adjacency, node: number): number {
  return at(offsets, node + 1) - at(offsets, node);
}

/** An element of a numeric array that is known to be inside. */
export function at(numbers: { readonly [index: number]: number }, index: number): number {
  return numbers[index] as number;
}

function adjacency(
  names: readonly string[],
  edgeCount: number,
  of: (name: string) => readonly string[],
): Adjacency {
  const offsets = new Int32Array(names.length + 1);
  const targets = new Int32Array(edgeCount);
  let filled = 0;
  for (const [node, name] of names.entries()) {
    // Ascending: the container keeps numbers as an object's keys, which come in that order.
    for (const target of of(name)) targets[filled++] = Number(target);
    offsets[node + 1] = filled;
  }
  return { offsets, targets };
}
