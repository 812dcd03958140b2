import { success, type Result } from '../model/failure.js';
import type { Git } from '../git/git.js';
import type { PathChange } from '../git/changed-paths.js';

/**
 * Puts the new side of each change into a checkout's index, without touching a file; entries that match their files
 * count as unchanged afterwards. `env` may name another index file.
 */
export async function stage(
  git: Git,
  root: string,
  changes: readonly PathChange[],
  env: Readonly<Record<string, string>> = {},
): Promise<Result<unknown>> {
  if (changes.length === 0) return success(undefined);
  // Mode 0 removes an entry.
  const input = changes
    .map(({ path, newMode, newId }) => `${newMode.replace(/^0+$/, '0')} ${newId}\t${path}\0`)
    .join('');
  const put = await git(['update-index', '-z', '--index-info'], { cwd: root, env, input });
  if (!put.ok) return put;
  // Code 1 only says that something else differs.
  return git(['update-index', '-q', '--refresh'], { cwd: root, env, okCodes: [0, 1] });
}

/** The same change the other way round. */
export const reversed = (change: PathChange): PathChange => ({
  path: change.path,
  status: change.status === 'A' ? 'D' : change.status === 'D' ? 'A' : change.status,
  oldMode: change.newMode,
  newMode: change.oldMode,
  oldId: change.newId,
  newId: change.oldId,
});
