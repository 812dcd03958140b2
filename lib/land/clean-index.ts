import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changedPaths } from '../git/changed-paths.js';
import type { Repository } from '../git/places.js';
import { readRef } from '../git/refs.js';
import { oid, type Oid } from '../model/ids.js';
import type { Checkout } from './checkouts.js';
import type { TrackedIndex } from './forward-checkout.js';
import { localChanges } from './local-changes.js';

/**
 * Takes the landed version of the ticket index into the checkout when only the run's last write stands there and the
 * last commit of the run itself is the bookkeeping: without one, the live copy is the only place of the states.
 */
export async function cleanIndex(
  { git, root }: Repository,
  index: TrackedIndex | undefined,
  here: Checkout,
  tip: Oid,
  target: string,
): Promise<void> {
  if (!index || here.branch !== target || here.busy !== undefined) return;
  // What an intake brought afterwards changes nothing about that.
  const last = await git(['rev-list', '-1', '--first-parent', '--no-merges', tip], { cwd: root });
  if (!last.ok) return;
  const commit = oid(last.value.stdout);
  const parent = await readRef(git, root, `${commit}^`);
  if (!parent.ok || parent.value === undefined) return;
  const booked = await changedPaths(git, root, parent.value, commit);
  if (!booked.ok || !booked.value.some(({ path }) => path === index.path)) return;
  const local = await localChanges(git, root);
  if (!local.ok) return;
  const change = local.value.get(index.path);
  if (!change || change.staged !== undefined) return;
  const bytes = await readFile(join(root, index.path)).catch(() => undefined);
  if (bytes && (await index.isOurLastWrite(bytes))) {
    await git(['checkout-index', '-f', '--', index.path], { cwd: root });
  }
}
