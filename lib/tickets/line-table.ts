/** Line and column of an offset, both from 1; columns in UTF-16 code units, a byte order mark not counted. */
export type LineTable = (offset: number) => { readonly line: number; readonly column: number };

/**
 * Makes the function that finds lines in a text. Offsets that only grow, as when a text is read, are found by going on
 * from the one before; the first that is smaller has a table built, in which it and all after it are looked up.
 */
export function lineTable(text: string): LineTable {
  let starts: Int32Array | undefined;
  let line = 1;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let at = start;
  return (offset) => {
    if (starts === undefined && offset >= at) {
      for (const end = Math.min(offset, text.length); at < end; at += 1) {
        if (text.charCodeAt(at) !== LINE_FEED) continue;
        line += 1;
        start = at + 1;
      }
      return { line, column: Math.max(1, offset - start + 1) };
    }
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(1, offset - (starts[low] ?? 0) + 1) };
  };
}

const LINE_FEED = 0x0a;

function lineStarts(text: string): Int32Array {
  let count = 1;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === LINE_FEED) count += 1;
  const starts = new Int32Array(count);
  starts[0] = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) === LINE_FEED) starts[line++] = at + 1;
  }
  return starts;
}
