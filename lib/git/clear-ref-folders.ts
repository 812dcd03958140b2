import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { Depot } from './places.js';
import { listRefs, readRef, setRef, type Ref } from './refs.js';
import { keepRefs } from './vault.js';

/** Folders of refs that we need in the depot. A ref by such a name, which any git in a lane can make, shuts it. */
const FOLDERS = ['refs/sage', 'refs/sage/candidate', 'refs/heads/sage'];

/**
 * Takes refs away that stand where we need folders of refs; what they name is kept below `refs/sage/aside/in-the-way/`.
 * Answers their names. Costs no process when there are none; those that git has packed are found when they hinder.
 */
export async function clearRefFolders(depot: Depot): Promise<Result<readonly string[]>> {
  const blocked: string[] = [];
  for (const name of FOLDERS) {
    if ((await lstat(join(depot.path, name)).catch(() => undefined))?.isFile()) blocked.push(name);
  }
  const runs = await readdir(join(depot.path, 'refs/sage/candidate'), {
    withFileTypes: true,
  }).catch(() => []);
  for (const entry of runs) {
    if (entry.isFile() && !entry.name.endsWith('.lock')) {
      blocked.push(`refs/sage/candidate/${entry.name}`);
    }
  }
  for (const name of blocked) {
    const taken = await takeAway(depot, name);
    if (!taken.ok) return taken;
  }
  return success(blocked);
}

/** {@link setRef} in the depot, also where somebody made refs that leave no room for this one: they are put aside. */
export async function placeRef(depot: Depot, ref: string, to: Oid): Promise<Result<Oid>> {
  const set = await setRef(depot.git, depot.path, ref, to);
  if (set.ok) return set;
  const way = await clearWay(depot, ref);
  return way.ok ? setRef(depot.git, depot.path, ref, to) : way;
}

/** Takes away every ref by the name of a folder above `ref`, and every ref below `ref`. */
export async function clearWay(depot: Depot, ref: string): Promise<Result<unknown>> {
  const parts = ref.split('/');
  const above = parts.slice(2, -1).map((_, index) => parts.slice(0, index + 3).join('/'));
  const below = await listRefs(depot.git, depot.path, `${ref}/`);
  if (!below.ok) return below;
  for (const name of ['refs/sage', ...above, ...below.value.map((one) => one.name)]) {
    const taken = await takeAway(depot, name);
    if (!taken.ok) return taken;
  }
  return success(ref);
}

async function takeAway(depot: Depot, name: string): Promise<Result<unknown>> {
  const { git, path: cwd } = depot;
  // A folder as it should be: git would say what it says of a folder, not what really hinders.
  if ((await lstat(join(cwd, name)).catch(() => undefined))?.isDirectory()) return success(name);
  const stands = await readRef(git, cwd, name);
  if (!stands.ok) return stands;
  if (stands.value !== undefined) {
    const kept = await keepRefs(depot, [inTheWay(stands.value)]);
    if (!kept.ok) return kept;
  }
  // No word about what it says: it may be a link to nothing. One that is not there is no fault.
  return git(['update-ref', '--no-deref', '-d', name], { cwd });
}

const inTheWay = (oid: Oid): Ref => ({ oid, name: `refs/sage/aside/in-the-way/${oid}` });
