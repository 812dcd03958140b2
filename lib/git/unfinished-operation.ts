import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of a checkout's git directory that tell what was begun in it and not ended: git-status(1) reads the same. */
const OPERATIONS = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['sequencer', 'a series of picks'],
  ['BISECT_LOG', 'a bisection'],
] as const;

/** Which mean that HEAD is not where its owner wanted to be: it stands on the way there. */
const UNDER_WAY: readonly string[] = ['rebase-merge', 'rebase-apply', 'sequencer'];

/** What is unfinished in a checkout, in words; `under way`: only what moves HEAD from commit to commit. */
export async function unfinishedOperation(
  gitDir: string,
  which: 'any' | 'under way' = 'any',
): Promise<string | undefined> {
  for (const [file, what] of OPERATIONS) {
    if (which === 'under way' && !UNDER_WAY.includes(file)) continue;
    if (await lstat(join(gitDir, file)).catch(() => undefined)) return what;
  }
  return undefined;
}
