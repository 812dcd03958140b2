/** Line and column of an offset, both from 1; columns in UTF-16 code units, a byte order mark not counted. */
export type LineTable = (offset: number) => { readonly line: number; readonly column: number };

/** Makes the function that finds lines in a text. The table is built once, at its first use; a look-up is a binary search. */
export function lineTable(text: string): LineTable {
  let starts: readonly number[] | undefined;
  return (offset) => {
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

function lineStarts(text: string): readonly number[] {
  const starts = [text.charCodeAt(0) === 0xfeff ? 1 : 0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
