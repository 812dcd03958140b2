import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../git/places.js';
import type { Result } from '../model/failure.js';
import { success } from '../model/failure.js';
import type { Oid } from '../model/ids.js';

/** Which of some paths there are: in the commit, or in the checkout alone. One git is asked, however many paths. */
export async function whereThere(
  { git, root }: Repository,
  commit: Oid,
  paths: readonly string[],
): Promise<Result<ReadonlyMap<string, 'commit' | 'checkout'>>> {
  const found = new Map<string, 'commit' | 'checkout'>();
  if (paths.length === 0) return success(found);
  const folders = new Set(paths.map((path) => path.split('/').slice(0, -1).join('/')));
  // Of the top no folder can be named: the whole tree is listed.
  const where = folders.has('') ? [] : ['--', ...folders];
  const args = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit, ...where];
  const answer = await git(args, { cwd: root });
  if (!answer.ok) return answer;
  const tracked = new Set(answer.value.stdout.split('\0'));
  for (const path of paths) {
    if (tracked.has(path)) found.set(path, 'commit');
    else if (await stat(join(root, path)).catch(() => undefined)) found.set(path, 'checkout');
  }
  return success(found);
}
