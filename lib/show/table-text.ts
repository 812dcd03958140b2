import { pad } from './layout.js';
import { width } from './width.js';

/** A head and rows as lines, each column as wide as its widest cell. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]) {
  const widths = head.map((title, column) =>
    Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
