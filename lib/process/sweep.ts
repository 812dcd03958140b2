import type { ProcessEntry } from './process-entry.js';
import { killTree, type KillReport } from './kill-tree.js';
import { readProcessTable } from './process-table.js';
import { findTree } from './process-tree.js';

/**
 * Ends every process that was started with a SAGE_MARKER of `prefix` or below it (`run`, `run/attempt`,
 * `run/attempt/round`), and everything below those. Never this process or one above it. Settles when nothing is found
 * twice in a row; what could not be ended is named in the report.
 */
export function sweepMarker(prefix: string, graceMs = 1_000): Promise<KillReport> {
  return killTree({ known: [], marker: prefix }, { graceMs });
}

/** The living processes that {@link sweepMarker} would end. */
export async function findMarked(prefix: string): Promise<readonly ProcessEntry[]> {
  return findTree(await readProcessTable(), { known: [], marker: prefix });
}
