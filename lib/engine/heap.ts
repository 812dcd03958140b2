/** A binary heap of small integers, the one with the lowest rank on top. Push and pop take O(log n). */
export interface Heap {
  push(node: number): void;
  /** The top, not removed. */
  peek(): number | undefined;
  pop(): number | undefined;
}

/** An empty heap over nodes that are ranked by the array; no two ranks are equal. */
export function createHeap(ranks: Int32Array): Heap {
  const nodes: number[] = [];
  const rank = (index: number) => ranks[nodes[index] as number] as number;
  const swap = (left: number, right: number) => {
    const node = nodes[left] as number;
    nodes[left] = nodes[right] as number;
    nodes[right] = node;
  };
  return {
    peek: () => nodes[0],
    push(node) {
      nodes.push(node);
      for (let index = nodes.length - 1; index > 0;) {
        const above = (index - 1) >> 1;
        if (rank(above) <= rank(index)) break;
        swap(above, index);
        index = above;
      }
    },
    pop() {
      const top = nodes[0];
      const last = nodes.pop();
      if (last === undefined || nodes.length === 0) return top;
      nodes[0] = last;
      for (let index = 0; ;) {
        let least = index;
        for (const below of [2 * index + 1, 2 * index + 2]) {
          if (below < nodes.length && rank(below) < rank(least)) least = below;
        }
        if (least === index) return top;
        swap(least, index);
        index = least;
      }
    },
  };
}
