/** A ticket to be put into a batch: its level in the DAG, and what it holds, as numbers. */
export interface Cuttable {
  readonly level: number;
  readonly holds: readonly number[];
}

/**
 * Cuts the levels of the DAG into batches without a conflict, and returns the batch (from 1) of each ticket. Levels
 * follow one another; inside a level each ticket, in the order given, goes to the first batch that holds nothing of it.
 * So a batch is an antichain without a conflict, and the result depends on the order alone.
 */
export function cutBatches(tickets: readonly Cuttable[], depth: number): number[] {
  const byLevel = Array.from({ length: depth }, (): number[] => []);
  for (const [index, { level }] of tickets.entries()) byLevel[level]?.push(index);
  const batches = new Array<number>(tickets.length).fill(0);
  let before = 0;
  for (const members of byLevel) {
    const taken = new Map<number, Taken>();
    let widest = 0;
    for (const index of members) {
      const { holds } = tickets[index] as Cuttable;
      if (holds.length === 0) {
        widest = Math.max(widest, 1);
        batches[index] = before + 1;
        continue;
      }
      const held = holds.map((file) => claim(taken, file));
      let place = Math.max(0, ...held.map(({ firstFree }) => firstFree));
      while (held.some(({ places }) => places.has(place))) place += 1;
      for (const one of held) {
        one.places.add(place);
        while (one.places.has(one.firstFree)) one.firstFree += 1;
      }
      widest = Math.max(widest, place + 1);
      batches[index] = before + place + 1;
    }
    before += widest;
  }
  return batches;
}

/** The batches of a level in which a file is held already, and the first in which it is not. */
interface Taken {
  readonly places: Set<number>;
  firstFree: number;
}

function claim(taken: Map<number, Taken>, file: number): Taken {
  const known = taken.get(file);
  if (known !== undefined) return known;
  const fresh: Taken = { places: new Set(), firstFree: 0 };
  taken.set(file, fresh);
  return fresh;
}
