import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { criticalPath, inheritedMinimum } from '../../lib/graph/critical-path.js';
import { findCycles, nodesOnCycles } from '../../lib/graph/cycle.js';
import { buildDag, neighbours, restrict, type Edge } from '../../lib/graph/dag.js';
import { topologicalOrder } from '../../lib/graph/order.js';
import { readySet } from '../../lib/graph/ready.js';
import { acyclicGraph, anyGraph, reaches } from './random-dag.js';

const runs = { numRuns: 1000 };
const nodes = (size: number) => [...Array(size).keys()];

describe('the graph', () => {
  test('neighbours are each named once, ascending, in both directions', () => {
    fc.assert(
      fc.property(anyGraph, ({ size, edges, dag }) => {
        for (const node of nodes(size)) {
          const after = new Set(edges.filter(([from]) => from === node).map(([, to]) => to));
          const before = new Set(edges.filter(([, to]) => to === node).map(([from]) => from));
          const ascending = (set: Set<number>) => [...set].sort((a, b) => a - b);
          expect([...neighbours(dag.successors, node)]).toEqual(ascending(after));
          expect([...neighbours(dag.predecessors, node)]).toEqual(ascending(before));
        }
      }),
      runs,
    );
  });

  test('an edge out of the graph is a bug and throws', () => {
    expect(() => buildDag(2, [[0, 2]])).toThrow(RangeError);
  });

  test('a restricted graph is the graph of the kept nodes', () => {
    fc.assert(
      fc.property(
        anyGraph,
        fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
        (graph, kept) => {
          const left = nodes(graph.size).filter((node) => kept[node]);
          const place = new Map(left.map((node, index) => [node, index]));
          const edges = graph.edges.flatMap(([from, to]): Edge[] => {
            const edge = [place.get(from), place.get(to)];
            return edge[0] === undefined || edge[1] === undefined ? [] : [[edge[0], edge[1]]];
          });
          expect(restrict(graph.dag, (node) => kept[node]!)).toEqual(buildDag(left.length, edges));
        },
      ),
      runs,
    );
  });
});

describe('order', () => {
  test('002-12.1 002-12.2 002-18.3 a level is the longest way from a start, and no edge stays inside one', () => {
    fc.assert(
      fc.property(acyclicGraph, (graph) => {
        const { levels, nodes: order, depth } = topologicalOrder(graph.dag);
        const longest = (node: number): number =>
          Math.max(
            0,
            ...graph.edges.filter(([, to]) => to === node).map(([from]) => 1 + longest(from)),
          );
        expect([...levels]).toEqual(nodes(graph.size).map(longest));
        expect(depth).toBe(graph.size === 0 ? 0 : 1 + Math.max(...levels));
        const sorted = nodes(graph.size).sort((a, b) => levels[a]! - levels[b]! || a - b);
        expect([...order]).toEqual(sorted);
      }),
      runs,
    );
  });

  test('what lies on or behind a cycle has no level', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const { levels } = topologicalOrder(graph.dag);
        const stuck = nodes(graph.size).map((node) =>
          nodes(graph.size).some(
            (other) =>
              reaches(graph, other, other) && (other === node || reaches(graph, other, node)),
          ),
        );
        expect([...levels].map((level) => level < 0)).toEqual(stuck);
      }),
      runs,
    );
  });
});

describe('cycles', () => {
  test('002-2.2 self, two, three, long and two cycles are found with their paths', () => {
    const ring = (size: number) => nodes(size).map((node): Edge => [(node + 1) % size, node]);
    expect(findCycles(buildDag(1, ring(1)))).toEqual([[0]]);
    expect(findCycles(buildDag(2, ring(2)))).toEqual([[0, 1]]);
    expect(findCycles(buildDag(3, ring(3)))).toEqual([[0, 1, 2]]);
    expect(findCycles(buildDag(400, ring(400)))).toEqual([nodes(400)]);
    expect(
      findCycles(
        buildDag(5, [
          [1, 0],
          [0, 1],
          [2, 3],
          [3, 2],
          [0, 4],
        ]),
      ),
    ).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('002-2.2 acyclic graphs are accepted', () => {
    fc.assert(
      fc.property(acyclicGraph, ({ dag }) => {
        expect(findCycles(dag)).toEqual([]);
      }),
      runs,
    );
  });

  test('each cycle is one, no shorter one exists in its part, and no node on a cycle is missed', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const { size, edges, dag } = graph;
        const onCycle = nodes(size).filter((node) => reaches(graph, node, node));
        expect([...nodesOnCycles(dag)].sort((a, b) => a - b)).toEqual(onCycle);
        const found = findCycles(dag);
        for (const cycle of found) {
          cycle.forEach((node, index) => {
            const waitedFor = cycle[(index + 1) % cycle.length]!;
            expect(edges.some(([from, to]) => from === waitedFor && to === node)).toBe(true);
          });
          const part = onCycle.filter(
            (node) =>
              node === cycle[0] ||
              (reaches(graph, node, cycle[0]!) && reaches(graph, cycle[0]!, node)),
          );
          expect(cycle.length).toBe(Math.min(...part.map((node) => girth(edges, node))));
        }
        const parts = new Set(
          onCycle.map((node) =>
            onCycle.find(
              (other) =>
                other === node || (reaches(graph, node, other) && reaches(graph, other, node)),
            ),
          ),
        );
        expect(found.length).toBe(parts.size);
      }),
      runs,
    );
  });
});

/** Length of the shortest cycle through a node, by distances. */
function girth(edges: readonly Edge[], start: number): number {
  let layer = new Set([start]);
  for (let length = 1; layer.size > 0 && length < 40; length += 1) {
    layer = new Set(edges.filter(([from]) => layer.has(from)).map(([, to]) => to));
    if (layer.has(start)) return length;
  }
  return Infinity;
}

describe('the ready set', () => {
  test('002-2.3 ready is exactly what has only settled predecessors, in every order of settling', () => {
    fc.assert(
      fc.property(acyclicGraph, fc.infiniteStream(fc.nat()), (graph, choices) => {
        const set = readySet(graph.dag);
        const settled = new Set<number>();
        const ready = new Set(set.initial);
        const expected = () =>
          nodes(graph.size).filter(
            (node) =>
              !settled.has(node) &&
              graph.edges.every(([from, to]) => to !== node || settled.has(from)),
          );
        for (const choice of choices) {
          expect([...ready].sort((a, b) => a - b)).toEqual(expected());
          if (ready.size === 0) break;
          const node = [...ready][choice % ready.size]!;
          ready.delete(node);
          settled.add(node);
          for (const next of set.settle(node)) ready.add(next);
          expect(set.settle(node)).toEqual([]);
          expect(set.isSettled(node)).toBe(true);
        }
        expect(settled.size).toBe(graph.size);
      }),
      runs,
    );
  });
});

describe('the critical path', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 14, maxLength: 14 });

  test('tails, slack, path and inherited minimum agree with plain recursion', () => {
    fc.assert(
      fc.property(acyclicGraph, weights, (graph, all) => {
        const drawn = all.slice(0, graph.size);
        const { size, edges, dag } = graph;
        const after = (node: number) => edges.filter(([from]) => from === node).map(([, to]) => to);
        const before = (node: number) =>
          edges.filter(([, to]) => to === node).map(([from]) => from);
        const tail = (node: number): number => drawn[node]! + Math.max(0, ...after(node).map(tail));
        const head = (node: number): number =>
          Math.max(0, ...before(node).map((other) => head(other) + drawn[other]!));
        const least = (node: number): number => Math.min(drawn[node]!, ...after(node).map(least));
        const order = topologicalOrder(dag);
        const { tails, slack, length, path } = criticalPath(dag, order, drawn);
        expect([...tails]).toEqual(nodes(size).map(tail));
        expect(length).toBe(Math.max(0, ...nodes(size).map(tail)));
        expect([...slack]).toEqual(nodes(size).map((node) => length - tail(node) - head(node)));
        expect(path.reduce((sum, node) => sum + drawn[node]!, 0)).toBe(length);
        path.slice(1).forEach((node, index) => expect(after(path[index]!)).toContain(node));
        expect([...inheritedMinimum(dag, order, drawn)]).toEqual(nodes(size).map(least));
      }),
      runs,
    );
  });
});

describe('long chains', () => {
  const length = 100_000;
  const chain = nodes(length - 1).map((node): Edge => [node, node + 1]);

  test('a chain of 100,000 and a ring of 100,000 overflow nothing', () => {
    const dag = buildDag(length, chain);
    const order = topologicalOrder(dag);
    expect(order.depth).toBe(length);
    expect(findCycles(dag)).toEqual([]);
    const { length: longest, path } = criticalPath(dag, order, new Uint8Array(length).fill(1));
    expect([longest, path.length]).toEqual([length, length]);
    const ring = buildDag(length, [...chain, [length - 1, 0]]);
    expect(nodesOnCycles(ring).size).toBe(length);
    expect(topologicalOrder(ring).nodes.length).toBe(0);
  });
});
