/** The names most like a wanted one, best first: upper and lower case count as equal, far-off ones are left out. */
export function nearest(wanted: string, names: Iterable<string>, most = 3): string[] {
  const target = wanted.toLowerCase();
  const limit = Math.max(2, Math.ceil(target.length * 0.4));
  const found: { readonly name: string; readonly distance: number }[] = [];
  for (const name of names) {
    if (Math.abs(name.length - target.length) > limit) continue;
    const distance = editDistance(target, name.toLowerCase(), limit);
    if (distance <= limit) found.push({ name, distance });
  }
  return found
    .sort((left, right) => left.distance - right.distance || compare(left.name, right.name))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Insertions, deletions and replacements that make one text of the other (Levenshtein 1966); gives up above `limit`. */
export function editDistance(left: string, right: string, limit = Infinity): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let here = 1; here <= left.length; here += 1) {
    const next = [here];
    for (let there = 1; there <= right.length; there += 1) {
      const replaced = (row[there - 1] ?? 0) + (left[here - 1] === right[there - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[there] ?? 0) + 1, (next[there - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return Infinity;
    row = next;
  }
  return row[right.length] ?? 0;
}

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
