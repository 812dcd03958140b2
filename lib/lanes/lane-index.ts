import { lstatSync } from 'node:fs';
import type { Git } from '../git/git.js';
import { success, type Result } from '../model/failure.js';
import type { Lane } from './lane.js';

/** What a lane's index hides from git. Names are bytes in latin1, each as git gave it. */
interface Hidden {
  /** Marked "assume unchanged": changes would not be seen. */
  readonly assumed: readonly string[];
  /** Marked "skip worktree" although the file is there. */
  readonly skipped: readonly string[];
  /** Folders of tracked files in which a repository was made. */
  readonly nested: readonly string[];
}

/**
 * Makes the index at `env` tell the truth: marks that hide changes are taken off, but for files that a sparse checkout
 * took away, which nobody deleted. Answers the folders with tracked files in which somebody made a repository.
 */
export async function unhide(
  git: Git,
  lane: Lane,
  env: Readonly<Record<string, string>> = {},
): Promise<Result<readonly string[]>> {
  const listed = await git(['ls-files', '-v', '-z'], { cwd: lane.path, env });
  if (!listed.ok) return listed;
  const { assumed, skipped, nested } = look(listed.value.bytes, lane);
  for (const [flag, names] of [
    ['--no-assume-unchanged', assumed],
    ['--no-skip-worktree', skipped],
  ] as const) {
    if (names.length === 0) continue;
    const input = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
    const done = await git(['update-index', flag, '-z', '--stdin'], { cwd: lane.path, env, input });
    if (!done.ok) return done;
  }
  return success(nested);
}

function look(bytes: Buffer, lane: Lane): Hidden {
  const assumed: string[] = [];
  const skipped: string[] = [];
  const folders = new Set<string>();
  let previous = '';
  for (const line of bytes.toString('latin1').split('\0')) {
    if (line === '') continue;
    const name = line.slice(2);
    const tag = line[0] ?? '';
    if (tag !== tag.toUpperCase()) assumed.push(name);
    if (tag.toUpperCase() === 'S' && isThere(lane, name)) skipped.push(name);
    const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    if (folder === previous) continue;
    previous = folder;
    for (
      let at = folder;
      at !== '' && !folders.has(at);
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
    )
      folders.add(at);
  }
  const nested = [...folders].filter((folder) => isThere(lane, `${folder}/.git`));
  return { assumed, skipped, nested };
}

/** lstat is synchronous here on purpose: thousands of them are ten times faster so. */
const isThere = (lane: Lane, name: string) =>
  lstatSync(Buffer.concat([Buffer.from(`${lane.path}/`), Buffer.from(name, 'latin1')]), {
    throwIfNoEntry: false,
  }) !== undefined;
