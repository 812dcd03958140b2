import type { Heap } from './heap.js';

/** A total order over the nodes 0 … n − 1. */
export interface RankOrder {
  /** For each node its position, from 0. */
  readonly rankOf: Int32Array;
  /** For each position its node. */
  readonly nodeAt: Int32Array;
}

const WORD = 5;
const MASK = 31;

/**
 * A heap that holds each node once, as bits in the order of the ranks, with a bit for every word that is not empty, and
 * so on up to one word. Every operation touches one word a level: four for a million nodes. Takes n bits from the start,
 * so it is for sets that many of the nodes pass through; few among many are better in {@link createHeap}.
 */
export function createRankSet({ rankOf, nodeAt }: RankOrder): Heap {
  const levels: Int32Array[] = [];
  for (let size = nodeAt.length; size > 1 || levels.length === 0;) {
    size = Math.max(1, (size + MASK) >> WORD);
    levels.push(new Int32Array(size));
  }
  const first = () => {
    let index = 0;
    for (let level = levels.length - 1; level >= 0; level -= 1) {
      const word = (levels[level] as Int32Array)[index] as number;
      if (word === 0) return -1;
      index = (index << WORD) | (MASK - Math.clz32(word & -word));
    }
    return index;
  };
  return {
    push(node) {
      let index = rankOf[node] as number;
      for (const level of levels) {
        const at = index >> WORD;
        const before = level[at] as number;
        level[at] = before | (1 << (index & MASK));
        if (before !== 0) return;
        index = at;
      }
    },
    peek() {
      const rank = first();
      return rank < 0 ? undefined : nodeAt[rank];
    },
    pop() {
      const rank = first();
      if (rank < 0) return undefined;
      let index = rank;
      for (const level of levels) {
        const at = index >> WORD;
        const left = (level[at] as number) & ~(1 << (index & MASK));
        level[at] = left;
        if (left !== 0) break;
        index = at;
      }
      return nodeAt[rank];
    },
  };
}
