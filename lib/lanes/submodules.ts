import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../git/git.js';
import { success, type Result } from '../model/failure.js';
import { putAside } from './lane-link.js';
import type { Lane } from './lane.js';

/** Costs no process; without it there are none that git or anybody would fill. */
export const mayHoldSubmodules = ({ path }: Lane): boolean => existsSync(join(path, '.gitmodules'));

/**
 * Submodules of a lane in which something differs from the commit that is recorded for them, and files in the empty
 * folders of those that nobody filled: git takes neither for changes of the lane. No process without `.gitmodules`.
 */
export async function touchedSubmodules(git: Git, lane: Lane): Promise<Result<readonly string[]>> {
  const cwd = lane.path;
  if (!mayHoldSubmodules(lane)) return success([]);
  const listed = await git(['ls-files', '--stage', '-z'], { cwd });
  if (!listed.ok) return listed;
  const links = listed.value.stdout
    .split('\0')
    .filter((line) => line.startsWith('160000 '))
    .map((line) => line.slice(line.indexOf('\t') + 1));
  if (links.length === 0) return success([]);
  const args = ['status', '--porcelain=v2', '--no-renames', '-z', '--ignore-submodules=none'];
  const asked = await git(args, { cwd });
  if (!asked.ok) return asked;
  // `1 .M SCMU 160000 160000 160000 <id> <id> path`
  const changed = new Set(
    asked.value.stdout
      .split('\0')
      .filter((line) => /^1 \S+ S/.test(line))
      .map((line) => line.split(' ').slice(8).join(' ')),
  );
  const touched: string[] = [];
  for (const path of links) {
    const names = await readdir(join(cwd, path)).catch((): string[] => []);
    if (names.includes('.git') ? changed.has(path) : names.length > 0) touched.push(path);
  }
  return success(touched);
}

/** Puts what is in these submodules aside and leaves empty folders, as a fresh checkout has them. */
export async function emptySubmodules(lane: Lane, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await putAside(join(lane.path, path), lane);
    await mkdir(join(lane.path, path));
  }
}
