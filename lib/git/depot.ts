import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { clearRefFolders } from './clear-ref-folders.js';
import { closeStash } from './close-stash.js';
import { canonicalFiles } from './depot-files.js';
import { asGuest } from './guest.js';
import { makeBare } from './make-bare.js';
import { mirrorBranches } from './mirror.js';
import { depotPath, type Depot, type Repository } from './places.js';
import { putFiles } from './put-files.js';
import { deleteRef, listRefs, setRef } from './refs.js';
import { sweepScratch } from './scratch.js';
import { openVault } from './vault.js';

/**
 * The repository's depot, made when there is none: `<commonDir>/sage/depot.git`, bare, with the user's objects lent by
 * `alternates`. It has no remote to push to; the user's branches stand in it under the names that agents know. Calling
 * it again puts everything of that right and removes what dead processes left. It is made beside its place and renamed,
 * so a half-made one is never used.
 */
export async function openDepot(repo: Repository): Promise<Result<Depot>> {
  const canonical = await canonicalFiles(repo);
  if (!canonical.ok) return canonical;
  const path = depotPath(repo.commonDir);
  const depot = { git: repo.git, path, canonical: canonical.value, mirrored: new Map() };
  const vault = await openVault(repo, depot);
  if (!vault.ok) return vault;
  const made = await makeBare(repo, path, canonical.value, (temporary) =>
    restoreDepot({ ...depot, path: temporary }),
  );
  if (!made.ok) return made;
  await sweepScratch(depot);
  const restored = await restoreDepot(depot);
  if (!restored.ok) return restored;
  const mirrored = await mirrorBranches(repo, depot);
  return mirrored.ok ? success({ ...depot, mirrored: mirrored.value }) : mirrored;
}

/** The depot where there is one: a repository in which sage never ran has none, and gets none by being asked. */
export async function findDepot(repo: Repository): Promise<Result<Depot | undefined>> {
  const head = join(depotPath(repo.commonDir), 'HEAD');
  return (await stat(head).catch(() => undefined)) ? openDepot(repo) : success(undefined);
}

/**
 * Puts back what agents may have changed through their lanes: configuration, attributes, excludes, alternates, hooks,
 * names in the way of ours, the closed stash. Called before every use; answers what had to be put back. Costs no process
 * when nothing has.
 */
export async function restoreDepot(depot: Depot): Promise<Result<readonly string[]>> {
  const put = await putFiles(depot.path, depot.canonical);
  if (!put.ok) return put;
  const cleared = await clearRefFolders(depot);
  if (!cleared.ok) return cleared;
  const opened = await closeStash(depot);
  if (!opened.ok) return opened;
  const changed = [...put.value, ...cleared.value];
  return success(opened.value ? [...changed, 'refs/stash'] : changed);
}

/** Where lent commits are held in the user's repository. */
const BASES = 'refs/sage/base/';

/**
 * Holds `commit` in the user's repository by `refs/sage/base/<oid>`, so that what the depot borrows outlives an amend
 * and `git gc --prune=now` there. To be called before anything in the depot is built on it. Idempotent.
 */
export async function pinBase(repo: Repository, commit: Oid): Promise<Result<Oid>> {
  const ref = `${BASES}${commit}`;
  return asGuest(repo, [ref], () => setRef(repo.git, repo.root, ref, commit));
}

/** Lets go of all held bases but `needed`: call it when no run, kept work or lane is built on the others. */
export async function unpinBases(
  repo: Repository,
  needed: readonly Oid[],
): Promise<Result<readonly Oid[]>> {
  const held = await listRefs(repo.git, repo.root, BASES);
  if (!held.ok) return held;
  const gone: Oid[] = [];
  for (const ref of held.value.filter((one) => !needed.includes(one.oid))) {
    const deleted = await asGuest(repo, [ref.name], () =>
      deleteRef(repo.git, repo.root, ref.name, ref.oid),
    );
    if (!deleted.ok) return deleted;
    gone.push(ref.oid);
  }
  return success(gone);
}
