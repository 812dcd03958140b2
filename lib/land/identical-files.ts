import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { Git } from '../git/git.js';
import type { PathChange } from '../git/changed-paths.js';

/**
 * Those of `paths` whose file in the checkout already is, byte for byte after the user's filters and by its mode,
 * what `paths` says is new. Symbolic links, submodules and files that cannot be read are left out.
 */
export async function identicalFiles(
  git: Git,
  root: string,
  paths: readonly PathChange[],
): Promise<Result<readonly PathChange[]>> {
  const same = await Promise.all(
    paths.map(async (one) => ((await hasMode(root, one)) ? one : undefined)),
  );
  const files = same.filter((one) => one !== undefined);
  if (files.length === 0) return success([]);
  // hash-object reads one path a line and takes a leading quote for quoting: such names are asked for alone.
  const hashed = new Map<string, Oid>();
  const lines = files.filter(({ path }) => !ODD.test(path));
  if (lines.length > 0) {
    const input = lines.map(({ path }) => `${path}\n`).join('');
    const answer = await git(['hash-object', '--stdin-paths'], { cwd: root, input });
    if (!answer.ok) return answer;
    const oids = answer.value.stdout.split('\n');
    lines.forEach(({ path }, index) => hashed.set(path, oids[index] as Oid));
  }
  for (const { path } of files.filter((one) => ODD.test(one.path))) {
    const answer = await git(['hash-object', '--', path], { cwd: root });
    if (!answer.ok) return answer;
    hashed.set(path, answer.value.stdout as Oid);
  }
  return success(files.filter(({ path, newId }) => hashed.get(path) === newId));
}

const ODD = /^"|\n/;

async function hasMode(root: string, { path, newMode }: PathChange): Promise<boolean> {
  const at = await lstat(join(root, path)).catch(() => undefined);
  if (!at?.isFile()) return false;
  return newMode === ((at.mode & 0o100) === 0 ? '100644' : '100755');
}
