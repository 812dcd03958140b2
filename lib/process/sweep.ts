import type { ProcessEntry } from './process-entry.js';
import { killTree, type KillReport } from './kill-tree.js';
import { identify, readProcessTable } from './process-table.js';
import { findTree } from './process-tree.js';

/**
 * Ends every process that was started with a marker of `prefix` or below it (`run`, `run/attempt`,
 * `run/attempt/round`), and everything below those. Never this process or one above it. Settles when nothing is found
 * twice in a row; what could not be ended is named in the report.
 */
export function sweepMarker(prefix: string, graceMs = 1_000): Promise<KillReport> {
  return killTree({ known: [], marker: prefix }, { graceMs });
}

/** {@link sweepMarker} for a marker that only this process gives out: what is older than it is not looked at. */
export async function sweepOwn(prefix: string, graceMs = 1_000): Promise<KillReport> {
  const { started } = await ownIdentity();
  return killTree({ known: [], marker: prefix, notBefore: started }, { graceMs });
}

const ownIdentity = () => (self ??= identify(process.pid));
let self: ReturnType<typeof identify> | undefined;

/** The living processes that {@link sweepMarker} would end. */
export async function findMarked(prefix: string): Promise<readonly ProcessEntry[]> {
  return findTree(await readProcessTable(), { known: [], marker: prefix });
}
