import type { Clashes } from './clashes.js';
import { createHeap, type Heap } from './heap.js';
import type { Ranks } from './queue-basis.js';
import { createRankSet } from './rank-set.js';

/** The ready tickets, in two orders at once, those apart that should not start beside what runs. */
export interface ReadyPool {
  add(node: number): void;
  remove(node: number): void;
  /** Nobody holds this key any more: the best of those that waited for it are looked at again. */
  wake(key: number): void;
  /**
   * The first in one order, passing over those that are excluded: `free` of every conflict, or `any` that nothing bars.
   */
  first(
    group: 'free' | 'any',
    order: keyof Ranks,
    isExcluded?: (node: number) => boolean,
  ): number | undefined;
  /** The one with the longest tail, barred or not. */
  longest(): number | undefined;
  readonly size: number;
}

type Pair = { readonly [Order in keyof Ranks]: Heap };

/**
 * An empty pool. A ticket found to conflict at the top of the heaps is parked under what it waits for; when that is let
 * go, only the best parked one in each order comes back and stands for the rest, which follow when it goes elsewhere.
 * So a file that thousands declare costs O(log n) a start, not thousands. Whoever leaves stays in the heaps until
 * it comes to the top.
 */
export function createReadyPool(ranks: Ranks, clashes: Clashes): ReadyPool {
  const many = (): Pair => ({ rank: createRankSet(ranks.rank), tail: createRankSet(ranks.tail) });
  const few = (): Pair => ({
    rank: createHeap(ranks.rank.rankOf),
    tail: createHeap(ranks.tail.rankOf),
  });
  const count = ranks.rank.nodeAt.length;
  /** Where a ready ticket is: parked under a key, or believed free. */
  const places = new Int32Array(count).fill(ABSENT);
  const standsFor = new Int32Array(count).fill(NOTHING);
  let size = 0;
  const parked = new Map<number, Pair>();
  const free = many();
  const any = many();
  const all = createRankSet(ranks.tail);

  const top = (heap: Heap, isLive: (node: number) => boolean) => {
    for (let node = heap.peek(); node !== undefined; node = heap.peek()) {
      if (isLive(node)) return node;
      heap.pop();
    }
    return undefined;
  };
  const push = (heaps: Pair, node: number) => {
    heaps.rank.push(node);
    heaps.tail.push(node);
  };
  const isBarred = (node: number) => {
    const place = places[node] as number;
    return place === ABSENT || (place !== FREE && clashes.isHard(place));
  };
  const wake = (key: number) => {
    const waiting = parked.get(key);
    if (waiting === undefined) return;
    for (const order of ['rank', 'tail'] as const) {
      const node = top(waiting[order], (one) => places[one] === key);
      if (node === undefined) continue;
      const wasBarred = isBarred(node);
      places[node] = FREE;
      standsFor[node] = key;
      push(free, node);
      if (wasBarred) push(any, node);
    }
  };
  /** Lets the next one stand for those who waited with this one, unless what they wait for is held again. */
  const replace = (node: number) => {
    const key = standsFor[node] as number;
    if (key === NOTHING) return;
    standsFor[node] = NOTHING;
    if (!clashes.isHeld(key)) wake(key);
  };
  const park = (node: number, key: number) => {
    places[node] = key;
    let waiting = parked.get(key);
    if (waiting === undefined) parked.set(key, (waiting = few()));
    push(waiting, node);
    replace(node);
  };

  return {
    add(node) {
      if (places[node] !== ABSENT) return;
      places[node] = FREE;
      size += 1;
      push(free, node);
      push(any, node);
      all.push(node);
    },
    remove(node) {
      if (places[node] !== ABSENT) size -= 1;
      places[node] = ABSENT;
      replace(node);
    },
    wake,
    first(group, order, isExcluded) {
      const isFreeOnly = group === 'free';
      const heap = (isFreeOnly ? free : any)[order];
      let passed: Set<number> | undefined;
      let found = heap.peek();
      for (; found !== undefined; found = heap.peek()) {
        const isLive = isFreeOnly ? places[found] === FREE : !isBarred(found);
        if (!isLive) {
          heap.pop();
          continue;
        }
        const key = clashes.heldFor(found);
        const isClashing = key !== undefined && (isFreeOnly || clashes.isHard(key));
        if (!isClashing && isExcluded?.(found) !== true) break;
        heap.pop();
        if (isClashing) park(found, key);
        else {
          (passed ??= new Set()).add(found);
          replace(found);
        }
      }
      if (passed) for (const node of passed) heap.push(node);
      return found;
    },
    longest: () => top(all, (node) => places[node] !== ABSENT),
    get size() {
      return size;
    },
  };
}

const ABSENT = -2;
const FREE = -1;
/** Of `standsFor`. */
const NOTHING = -1;
