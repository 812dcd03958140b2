import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failed, success, type Result } from '../model/failure.js';
import type { Depot, Repository } from './places.js';

/** A half-made repository that is older than this was left by a call that died. */
const ABANDONED_MS = 3_600_000;

/**
 * Makes a bare repository of ours at `path`, if there is none: beside its place, filled by `fill`, then renamed, so that a
 * half-made one is never used.
 */
export async function makeBare(
  repo: Repository,
  path: string,
  canonical: Depot['canonical'],
  fill: (temporary: string) => Promise<Result<unknown>>,
): Promise<Result<unknown>> {
  if (await isThere(path)) return success(path);
  const folder = dirname(path);
  const kind = basename(path, '.git');
  const temporary = join(folder, `${kind}-new-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    for (const left of await abandoned(folder, kind)) await rm(left, { recursive: true });
    const format = canonical[0]?.content?.includes('objectformat = "sha256"');
    const args = ['init', '--bare', '-q', '--template=', '--initial-branch=sage/none'];
    const init = await repo.git(
      [...args, `--object-format=${format ? 'sha256' : 'sha1'}`, temporary],
      { cwd: folder },
    );
    if (!init.ok) return init;
    const filled = await fill(temporary);
    if (!filled.ok) return filled;
    await rename(temporary, path);
    return success(path);
  } catch (error) {
    if (await isThere(path)) return success(path);
    return failed({
      code: 'git/failed',
      message: `The ${kind} ${path} cannot be made: ${(error as Error).message}`,
      hint: 'sage keeps its data below the git directory, which must be writable.',
      where: { file: path },
    });
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

const isThere = (path: string) => lstat(join(path, 'HEAD')).catch(() => undefined);

/** Half-made repositories of a kind (`depot`, `vault`) that nobody goes on with. */
export async function abandoned(folder: string, kind: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(`${kind}-new-`)) continue;
    const path = join(folder, name);
    const about = await lstat(path).catch(() => undefined);
    if (about && Date.now() - about.mtimeMs > ABANDONED_MS) found.push(path);
  }
  return found;
}
