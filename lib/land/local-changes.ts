import { success, type Result } from '../model/failure.js';
import type { Git } from '../git/git.js';

/** A path of a checkout that differs from HEAD in the index, in the working tree, or is untracked. */
export interface LocalChange {
  readonly path: string;
  /** What the index holds for it when that is not what HEAD holds: an object, or `unmerged`. */
  readonly staged?: string;
}

/** What the user has changed in a checkout by path, ignored files apart. Does not refresh the index on disk. */
export async function localChanges(
  git: Git,
  root: string,
): Promise<Result<ReadonlyMap<string, LocalChange>>> {
  const args = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames'];
  const answer = await git(args, { cwd: root });
  if (!answer.ok) return answer;
  const found = answer.value.stdout.split('\0').flatMap((record) => readRecord(record) ?? []);
  return success(new Map(found.map((change) => [change.path, change])));
}

/** git-status(1), porcelain format version 2: fields between spaces, the path last. */
function readRecord(record: string): LocalChange | undefined {
  const fields = record.split(' ');
  const pathFrom = (field: number) => fields.slice(field).join(' ');
  switch (fields[0]) {
    case '?':
      return { path: pathFrom(1) };
    case '1': {
      const isStaged = fields[1]?.startsWith('.') === false;
      return { path: pathFrom(8), ...(isStaged ? { staged: fields[7] ?? '' } : {}) };
    }
    case 'u':
      return { path: pathFrom(10), staged: 'unmerged' };
    default:
      return undefined;
  }
}
