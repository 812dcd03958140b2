import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Depot } from './places.js';
import { healLock } from './stale-lock.js';
import { vaultOf } from './vault.js';

/** A git that outlived the process that called it ends within this time. */
const PATIENCE_MS = 2_000;

/** Locks, and objects that were still being written. */
const UNFINISHED = /\.lock$|^tmp_(obj|pack|idx|rev)_/;

/**
 * Removes what killed gits left in the depot and in the vault, however young: locks and half-written objects. For the
 * repository's owner only, after it ended what an earlier one left: no git works there then, but for a moment one that
 * lost its caller. While one does, everything stays. Never fails: what stays is healed when it is in the way.
 */
export async function sweepDepot(depot: Pick<Depot, 'path'>): Promise<void> {
  for (const bare of [depot.path, vaultOf(depot)]) await sweep(bare);
}

async function sweep(path: string): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (const file of await unfinishedIn(path)) {
    while ((await healLock(file, 0)) === 'held' && performance.now() < giveUpAt) await pause(50);
  }
}

async function unfinishedIn(path: string): Promise<readonly string[]> {
  const [here, ...below] = await Promise.all([
    readdir(path).catch(() => []),
    ...['refs', 'logs', 'worktrees', 'objects'].map(async (folder) => {
      const names = await readdir(join(path, folder), { recursive: true }).catch(() => []);
      return names.map((name) => join(folder, name));
    }),
  ]);
  return [...here, ...below.flat()]
    .filter((name) => UNFINISHED.test(name.slice(name.lastIndexOf('/') + 1)))
    .map((name) => join(path, name));
}
