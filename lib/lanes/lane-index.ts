import { lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Git } from '../git/git.js';
import { lookAtIndex } from '../git/index-file.js';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { Lane } from './lane.js';

/** An index that tells the truth. */
export interface OpenIndex {
  /** Folders with tracked files in which somebody made a repository, each in latin1. */
  readonly nested: readonly string[];
  /** Unmerged entries: `100644 <id> <stage>`, a tab and the path in latin1. Undefined: git has to be asked. */
  readonly unmerged?: readonly string[];
}

/** What a lane's index hides from git. Names are bytes in latin1, each as git gave it. */
interface Hidden {
  /** Marked "assume unchanged": changes would not be seen. */
  readonly assumed: readonly string[];
  /** Marked "skip worktree" although the file is there. */
  readonly skipped: readonly string[];
  readonly folders: Iterable<string>;
  readonly unmerged?: readonly string[];
}

/** Where the index is. */
interface IndexAt {
  readonly file: string;
  /** Any id of the repository, which tells how long ids are. Absent: only git shall look, which notices more faults. */
  readonly like?: Oid;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Makes an index tell the truth: marks that hide changes are taken off, but for files that a sparse checkout took away,
 * which nobody deleted.
 */
export async function unhide(
  git: Git,
  lane: Lane,
  { file, like, env = {} }: IndexAt,
): Promise<Result<OpenIndex>> {
  const bytes = like && (await readFile(file).catch(() => undefined));
  const known = bytes && lookAtIndex(bytes, like.length / 2);
  const looked = known ? success<Hidden>(known) : await askGit(git, lane, env);
  if (!looked.ok) return looked;
  const { assumed, folders, unmerged } = looked.value;
  const skipped = looked.value.skipped.filter((name) => isThere(lane, name));
  for (const [flag, names] of [
    ['--no-assume-unchanged', assumed],
    ['--no-skip-worktree', skipped],
  ] as const) {
    if (names.length === 0) continue;
    const input = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
    const done = await git(['update-index', flag, '-z', '--stdin'], { cwd: lane.path, env, input });
    if (!done.ok) return done;
  }
  const nested = [...folders].filter((folder) => isThere(lane, `${folder}/.git`));
  return success({ nested, ...(unmerged ? { unmerged } : {}) });
}

async function askGit(
  git: Git,
  lane: Lane,
  env: Readonly<Record<string, string>>,
): Promise<Result<Hidden>> {
  const listed = await git(['ls-files', '-v', '-z'], { cwd: lane.path, env });
  if (!listed.ok) return listed;
  const assumed: string[] = [];
  const skipped: string[] = [];
  const folders = new Set<string>();
  let previous = '';
  for (const line of listed.value.bytes.toString('latin1').split('\0')) {
    if (line === '') continue;
    const name = line.slice(2);
    const tag = line[0] ?? '';
    if (tag !== tag.toUpperCase()) assumed.push(name);
    if (tag.toUpperCase() === 'S') skipped.push(name);
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
  return success({ assumed, skipped, folders });
}

/** lstat is synchronous here on purpose: thousands of them are ten times faster so. */
const isThere = (lane: Lane, name: string) =>
  lstatSync(Buffer.concat([Buffer.from(`${lane.path}/`), Buffer.from(name, 'latin1')]), {
    throwIfNoEntry: false,
  }) !== undefined;
