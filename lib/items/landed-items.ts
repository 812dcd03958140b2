import type { Repository } from '../git/places.js';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';

const LAND_ID = /^[ \t]*Land-Id: \S+?\/(\S+)$/gm;

/**
 * Items that have landed before a commit, and the newest commit that says so, whoever delivered it: also a merge that
 * squashed the commits of a run holds their `Land-Id`s in its message. `prefix`: what the ids begin with.
 */
export async function landedItems(
  { git, root }: Repository,
  commit: Oid,
  prefix: string,
): Promise<Result<ReadonlyMap<string, string>>> {
  const grep = `--grep=^[[:blank:]]*Land-Id: .*/${prefix}`;
  const answer = await git(['log', grep, '--format=%H%n%B%x00', commit], { cwd: root });
  if (!answer.ok) return answer;
  const found = new Map<string, string>();
  for (const entry of answer.value.stdout.split('\0')) {
    const [hash = '', ...message] = entry.trimStart().split('\n');
    for (const [, id = ''] of message.join('\n').matchAll(LAND_ID)) {
      if (id.startsWith(prefix) && !found.has(id)) found.set(id, hash);
    }
  }
  return success(found);
}
