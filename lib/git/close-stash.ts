import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { Depot } from './places.js';
import { deleteRef, readRef, setRef } from './refs.js';
import { writeBlob } from './trees.js';
import { keepRefs } from './vault.js';

/** A ref below `refs/stash` leaves no room for `refs/stash` itself. */
const CLOSED = 'refs/stash/closed';

/** What somebody stashed all the same is kept here, each entry under its id. */
const ASIDE = 'refs/sage/aside/stash/';

/**
 * Closes `git stash` in a depot: all its worktrees share one stash, so one agent's `pop` would bring another's changes.
 * `git stash push` then fails before it touches a file. Answers whether it had been opened; costs no process when not.
 */
export async function closeStash(depot: Depot): Promise<Result<boolean>> {
  const { git, path: cwd } = depot;
  if (await lstat(join(cwd, CLOSED)).catch(() => undefined)) return success(false);
  const top = await readRef(git, cwd, 'refs/stash');
  if (!top.ok) return top;
  if (top.value !== undefined) {
    const entries = [...new Set([...(await stashed(depot)), top.value])];
    const kept = await keepRefs(
      depot,
      entries.map((entry) => ({ name: `${ASIDE}${entry}`, oid: entry })),
    );
    if (!kept.ok) return kept;
    const gone = await deleteRef(git, cwd, 'refs/stash', top.value);
    if (!gone.ok) return gone;
  }
  const nothing = await writeBlob(git, cwd, '');
  if (!nothing.ok) return nothing;
  const closed = await setRef(git, cwd, CLOSED, nothing.value);
  return closed.ok ? success(top.value !== undefined) : closed;
}

/** All entries of the stash, as its log tells them. */
async function stashed({ path }: Depot): Promise<Oid[]> {
  const log = await readFile(join(path, 'logs/refs/stash'), 'utf8').catch(() => '');
  return [...log.matchAll(/^[0-9a-f]{40,64} ([0-9a-f]{40,64}) /gm)].map(([, id = '']) => oid(id));
}
