import { rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readLivingOwner } from './read-owner.js';

/** Moving a dead owner's lock away takes milliseconds; a mover older than this died at it. */
export const MOVER_MS = 5_000;

/** Whether files of an owner lie here without a living one: it died before it could take them away. Only looks. */
export async function isOwnerLeft(directory: string): Promise<boolean> {
  const found = await Promise.all(
    ['owner.lock', 'owner.json', 'owner.mover'].map((name) =>
      stat(join(directory, name)).catch(() => undefined),
    ),
  );
  if (!found.some(Boolean)) return false;
  return (await readLivingOwner(directory)) === undefined;
}

/** Removes what a process left that died while it moved a dead owner's lock away. For the owner. */
export async function clearMover(directory: string): Promise<void> {
  const mover = join(directory, 'owner.mover');
  for (;;) {
    const found = await stat(mover).catch(() => undefined);
    if (!found) return;
    if (Date.now() - found.birthtimeMs > MOVER_MS) {
      await rmdir(mover).catch(() => undefined);
      return;
    }
    // Of a living one it is gone at once.
    await pause(20);
  }
}
