/** How many edits a candidate may be away from a word. */
export type NearLimit = (word: string, candidate: string) => number;

/** For words of a small vocabulary: at most three edits, and at most a third (rounded up) of the shorter one's letters. */
export const mistyped: NearLimit = (word, candidate) =>
  Math.min(3, Math.ceil(Math.min(word.length, candidate.length) / 3));

/** For names that are much alike, such as ids: two edits, or as many as two fifths (rounded up) of the word's letters. */
export const alike: NearLimit = (word) => Math.max(2, Math.ceil(word.length * 0.4));

/** A candidate and how many edits away it is. */
export interface Near {
  readonly candidate: string;
  readonly distance: number;
}

/** The candidates within the limit, the nearest first, equally near ones in the order given. Ignores case. */
export function near(word: string, candidates: Iterable<string>, limit: NearLimit): Near[] {
  const wanted = word.toLowerCase();
  const found: Near[] = [];
  for (const candidate of candidates) {
    const most = limit(word, candidate);
    if (Math.abs(candidate.length - word.length) > most) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), most);
    if (distance <= most) found.push({ candidate, distance });
  }
  return found.sort((one, other) => one.distance - other.distance);
}

/** The candidate that a {@link mistyped} word most likely meant, or nothing when none is close. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined =>
  near(word, candidates, mistyped)[0]?.candidate;

/**
 * How many letters have to be inserted, dropped, changed or swapped with their neighbour to make one text of the other
 * (optimal string alignment); infinite above `limit`.
 */
export function editDistance(left: string, right: string, limit = Infinity): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const isSwap =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      if (isSwap) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    if (Math.min(...current) > limit) return Infinity;
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
