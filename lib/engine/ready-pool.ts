import { createHeap, type Heap } from './heap.js';

/** Why a ready ticket may or may not start beside what runs. */
export type Standing = 'free' | 'clashing' | 'barred';

/**
 * The ready tickets, sorted by standing and, inside one, by two orders at once. A ticket that leaves stays in the heaps
 * until it comes to the top (lazy deletion), so every operation is O(log n); the two heaps of one standing together
 * hold each change of standing once.
 */
export interface ReadyPool {
  /** Adds a ticket, or moves it to another standing. */
  put(node: number, standing: Standing): void;
  remove(node: number): void;
  has(node: number): boolean;
  /** The first of a standing in one order, passing over those that are excluded. */
  first(
    standing: Exclude<Standing, 'barred'>,
    order: 'rank' | 'tail',
    isExcluded: (node: number) => boolean,
  ): number | undefined;
  /** The one with the longest tail, whatever its standing. */
  longest(): number | undefined;
  readonly size: number;
}

/** An empty pool; the arrays give each ticket's position in the two orders. */
export function createReadyPool(ranks: Int32Array, tails: Int32Array): ReadyPool {
  const standings = new Map<number, Standing>();
  const pair = () => ({ rank: createHeap(ranks), tail: createHeap(tails) });
  const heaps = { free: pair(), clashing: pair() };
  const all = createHeap(tails);
  const top = (heap: Heap, isLive: (node: number) => boolean) => {
    for (let node = heap.peek(); node !== undefined; node = heap.peek()) {
      if (isLive(node)) return node;
      heap.pop();
    }
    return undefined;
  };
  return {
    put(node, standing) {
      const before = standings.get(node);
      if (before === standing) return;
      if (before === undefined) all.push(node);
      standings.set(node, standing);
      if (standing === 'barred') return;
      heaps[standing].rank.push(node);
      heaps[standing].tail.push(node);
    },
    remove: (node) => void standings.delete(node),
    has: (node) => standings.has(node),
    first(standing, order, isExcluded) {
      const heap = heaps[standing][order];
      const isLive = (node: number) => standings.get(node) === standing;
      const passed = new Set<number>();
      let found = top(heap, isLive);
      while (found !== undefined && isExcluded(found)) {
        passed.add(found);
        heap.pop();
        found = top(heap, isLive);
      }
      for (const node of passed) heap.push(node);
      return found;
    },
    longest: () => top(all, (node) => standings.has(node)),
    get size() {
      return standings.size;
    },
  };
}
