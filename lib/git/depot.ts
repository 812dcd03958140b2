import { randomUUID } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { failed, success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { canonicalFiles } from './depot-files.js';
import { closeStash } from './close-stash.js';
import { mirrorBranches } from './mirror.js';
import type { CanonicalFile, Depot, Repository } from './places.js';
import { deleteRef, listRefs, setRef } from './refs.js';
import { sweepScratch } from './scratch.js';

/** A half-made depot that is older than this was left by a call that died. */
const ABANDONED_MS = 3_600_000;

/**
 * The repository's depot, made when there is none: `<commonDir>/sage/depot.git`, bare, with the user's objects lent by
 * `alternates`. It has no remote to push to; the user's branches stand in it under the names that agents know. Calling
 * it again puts everything of that right and removes what dead processes left. It is made beside its place and renamed,
 * so a half-made one is never used.
 */
export async function openDepot(repo: Repository): Promise<Result<Depot>> {
  const canonical = await canonicalFiles(repo);
  if (!canonical.ok) return canonical;
  const path = join(repo.commonDir, 'sage', 'depot.git');
  const depot = { git: repo.git, path, canonical: canonical.value, mirrored: new Map() };
  const isThere = await lstat(join(path, 'HEAD')).catch(() => undefined);
  if (!isThere) {
    const made = await makeDepot(repo, depot);
    if (!made.ok) return made;
  }
  await sweepScratch(depot);
  const restored = await restoreDepot(depot);
  if (!restored.ok) return restored;
  const mirrored = await mirrorBranches(repo, depot);
  return mirrored.ok ? success({ ...depot, mirrored: mirrored.value }) : mirrored;
}

/**
 * Puts back what agents may have changed through their lanes: configuration, attributes, excludes, alternates, hooks,
 * the closed stash. Called before every use; answers what had to be put back. Costs no process when nothing has.
 */
export async function restoreDepot(depot: Depot): Promise<Result<readonly string[]>> {
  const changed: string[] = [];
  try {
    for (const file of depot.canonical) {
      if (isRight(depot, file)) continue;
      changed.push(file.path);
      const path = join(depot.path, file.path);
      const found = await lstat(path).catch(() => undefined);
      if (file.content === undefined || (found && !found.isFile())) {
        await rm(path, { recursive: true, force: true });
      }
      if (file.content === undefined) continue;
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, file.content);
    }
  } catch (error) {
    return failed({
      code: 'git/failed',
      message: `The depot ${depot.path} cannot be written: ${(error as Error).message}`,
      where: { file: depot.path },
    });
  }
  const opened = await closeStash(depot);
  if (!opened.ok) return opened;
  return success(opened.value ? [...changed, 'refs/stash'] : changed);
}

/** Synchronous on purpose: a few small files, a tenth of the cost. */
function isRight(depot: Depot, file: CanonicalFile): boolean {
  const path = join(depot.path, file.path);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (file.content === undefined) return found === undefined;
  return found?.isFile() === true && readFileSync(path, 'utf8') === file.content;
}

async function makeDepot(repo: Repository, depot: Depot): Promise<Result<'made'>> {
  const folder = dirname(depot.path);
  const temporary = join(folder, `depot-new-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
    const format = depot.canonical[0]?.content?.includes('objectformat = "sha256"');
    const args = ['init', '--bare', '-q', '--template=', '--initial-branch=sage/none'];
    const init = await repo.git(
      [...args, `--object-format=${format ? 'sha256' : 'sha1'}`, temporary],
      { cwd: folder },
    );
    if (!init.ok) return init;
    const filled = await restoreDepot({ ...depot, path: temporary });
    if (!filled.ok) return filled;
    await rename(temporary, depot.path);
    return success('made');
  } catch (error) {
    const isThere = await lstat(join(depot.path, 'HEAD')).catch(() => undefined);
    if (isThere) return success('made');
    return failed({
      code: 'git/failed',
      message: `The depot ${depot.path} cannot be made: ${(error as Error).message}`,
      hint: 'sage keeps its data below the git directory, which must be writable.',
      where: { file: depot.path },
    });
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('depot-new-')) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { recursive: true });
  }
}

/** Where lent commits are held in the user's repository. */
const BASES = 'refs/sage/base/';

/**
 * Holds `commit` in the user's repository by `refs/sage/base/<oid>`, so that what the depot borrows outlives an amend
 * and `git gc --prune=now` there. To be called before anything in the depot is built on it. Idempotent.
 */
export async function pinBase(repo: Repository, commit: Oid): Promise<Result<Oid>> {
  return setRef(repo.git, repo.root, `${BASES}${commit}`, commit);
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
    const deleted = await deleteRef(repo.git, repo.root, ref.name, ref.oid);
    if (!deleted.ok) return deleted;
    gone.push(ref.oid);
  }
  return success(gone);
}
