import fc from 'fast-check';
import { buildDag, type Dag, type Edge } from '../../lib/graph/dag.js';

export interface DrawnGraph {
  readonly size: number;
  readonly edges: readonly Edge[];
  readonly dag: Dag;
}

/** Any graph of up to 14 nodes, cycles and repeated edges included. */
export const anyGraph = fc
  .integer({ min: 0, max: 14 })
  .chain((size) =>
    fc
      .array(fc.tuple(below(size), below(size)), { maxLength: size === 0 ? 0 : 30 })
      .map((edges): DrawnGraph => ({ size, edges, dag: buildDag(size, edges) })),
  );

/** Any acyclic graph of up to 14 nodes whose numbers are shuffled, so file order is no topological order. */
export const acyclicGraph = fc.integer({ min: 0, max: 14 }).chain((size) =>
  fc
    .tuple(
      fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
      fc.array(fc.tuple(below(size), below(size)), { maxLength: size === 0 ? 0 : 30 }),
    )
    .map(([names, pairs]): DrawnGraph => {
      const edges = pairs
        .filter(([left, right]) => left !== right)
        .map(([left, right]): Edge => [
          names[Math.min(left, right)]!,
          names[Math.max(left, right)]!,
        ]);
      return { size, edges, dag: buildDag(size, edges) };
    }),
);

function below(size: number) {
  return fc.integer({ min: 0, max: Math.max(0, size - 1) });
}

/** Whether `to` can be reached from `from` over at least one edge: the reference, by plain search. */
export function reaches({ edges }: DrawnGraph, from: number, to: number): boolean {
  const seen = new Set<number>();
  const queue = [from];
  for (const node of queue) {
    for (const [before, after] of edges) {
      if (before !== node || seen.has(after)) continue;
      seen.add(after);
      queue.push(after);
    }
  }
  return seen.has(to);
}
