import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunState } from '../engine/state.js';
import type { Repository } from '../git/places.js';
import { readBlob } from '../git/trees.js';
import type { TrackedIndex } from '../land/forward-checkout.js';
import { indexPathOf, type Backlog } from '../model/backlog.js';
import type { Oid } from '../model/ids.js';

/**
 * Whether the checkout's index is byte for byte what the base holds: then all that changes in it during a run is the
 * run's. False where the base does not track it.
 */
export async function isIndexUnchanged(
  repository: Repository,
  base: Oid,
  backlog: Backlog,
): Promise<boolean> {
  const { git, root } = repository;
  const path = indexPathOf(backlog);
  const blob = await readBlob(git, root, base, path);
  if (!blob.ok || blob.value === undefined) return false;
  return blob.value.equals(await readFile(join(root, path)));
}

/** The proof that delivery wants before it puts the landed index in the place of the live one (row D1). */
export const trackedIndex = (state: RunState, wasUnchanged: boolean): TrackedIndex => ({
  path: indexPathOf(state.backlog),
  isOurLastWrite: (bytes) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    // Our last write onto somebody's edit holds that edit: each is noted, or made a write fail.
    const { notes, failure } = state.projection;
    const isOurs = wasUnchanged && notes.length === 0 && failure === undefined;
    return Promise.resolve(isOurs && hash === state.projection.hash);
  },
});
