import { rm } from 'node:fs/promises';
import { success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { Git } from './git.js';
import type { Depot } from './places.js';
import { scratchPath } from './scratch.js';

/** `update-index` wants a working tree, also where it looks at none: a bare repository has to pretend. */
const ANY_FOLDER = { GIT_WORK_TREE: '.' };

/** One change to a tree: put a blob at a path, or take the path away. */
export type TreeEdit =
  | { readonly path: string; readonly mode: '100644' | '100755' | '120000'; readonly blob: Oid }
  | { readonly path: string; readonly remove: true };

/** What stands at a path of a tree (or commit): its mode, kind and id; undefined: nothing. */
export async function entryAt(
  git: Git,
  cwd: string,
  tree: Oid,
  path: string,
): Promise<Result<{ mode: string; kind: string; id: Oid } | undefined>> {
  const answer = await git(['--literal-pathspecs', 'ls-tree', '-z', tree, '--', path], { cwd });
  if (!answer.ok) return answer;
  const [mode, kind, id] = answer.value.stdout.split('\t', 1)[0]?.split(' ') ?? [];
  return success(mode && kind && id ? { mode, kind, id: oid(id) } : undefined);
}

/** The bytes of the file at a path of a tree (or commit); undefined: there is no file. */
export async function readBlob(
  git: Git,
  cwd: string,
  tree: Oid,
  path: string,
): Promise<Result<Buffer | undefined>> {
  const entry = await entryAt(git, cwd, tree, path);
  if (!entry.ok) return entry;
  if (entry.value?.kind !== 'blob') return success(undefined);
  const answer = await git(['cat-file', 'blob', entry.value.id], { cwd });
  return answer.ok ? success(answer.value.bytes) : answer;
}

/** Stores bytes as they are, without any filter. */
export async function writeBlob(
  git: Git,
  cwd: string,
  bytes: string | Uint8Array,
): Promise<Result<Oid>> {
  const made = await git(['hash-object', '-w', '--no-filters', '--stdin'], { cwd, input: bytes });
  return made.ok ? success(oid(made.value.stdout)) : made;
}

/** A tree like `tree` but for the edits. Parent folders come and go as needed. */
export async function editTree(
  depot: Pick<Depot, 'git' | 'path'>,
  tree: Oid,
  edits: readonly TreeEdit[],
): Promise<Result<Oid>> {
  const { git, path: cwd } = depot;
  return withTemporaryIndex(depot, async (index) => {
    const env = { ...index, ...ANY_FOLDER };
    const read = await git(['read-tree', tree], { cwd, env });
    if (!read.ok) return read;
    const nothing = '0'.repeat(tree.length);
    const lines = edits.map((edit) =>
      'remove' in edit
        ? `0 ${nothing}\t${edit.path}\0`
        : `${edit.mode} ${edit.blob}\t${edit.path}\0`,
    );
    const input = lines.join('');
    const updated = await git(['update-index', '-z', '--index-info'], { cwd, env, input });
    if (!updated.ok) return updated;
    return writeTree(git, cwd, env);
  });
}

/**
 * A tree like `tree`, but with everything below the folder `path` as it is in `from`: there or not, with bytes and
 * names of any kind.
 */
export async function restoreFolder(
  depot: Pick<Depot, 'git' | 'path'>,
  tree: Oid,
  from: Oid,
  path: string,
): Promise<Result<Oid>> {
  const { git, path: cwd } = depot;
  const wanted = await entryAt(git, cwd, from, path);
  if (!wanted.ok) return wanted;
  return withTemporaryIndex(depot, async (index) => {
    const env = { ...index, ...ANY_FOLDER };
    const read = await git(['read-tree', tree], { cwd, env });
    if (!read.ok) return read;
    const listed = await git(
      [
        '--literal-pathspecs',
        'ls-tree',
        '-r',
        '-z',
        '--name-only',
        '--full-tree',
        tree,
        '--',
        path,
      ],
      { cwd },
    );
    if (!listed.ok) return listed;
    const input = removals(listed.value.bytes, tree);
    const removed = await git(['update-index', '-z', '--index-info'], { cwd, env, input });
    if (!removed.ok) return removed;
    if (wanted.value?.kind === 'tree') {
      const put = await git(['read-tree', `--prefix=${path}/`, wanted.value.id], { cwd, env });
      if (!put.ok) return put;
    } else if (wanted.value) {
      const input = `${wanted.value.mode} ${wanted.value.id}\t${path}\0`;
      const put = await git(['update-index', '-z', '--index-info'], { cwd, env, input });
      if (!put.ok) return put;
    }
    return writeTree(git, cwd, env);
  });
}

/** Names (each ended by NUL, in whatever encoding) as orders to an index to forget them. */
function removals(names: Buffer, like: Oid): Buffer {
  const order = Buffer.from(`0 ${'0'.repeat(like.length)}\t`);
  const parts: Buffer[] = [];
  for (let start = 0; start < names.length;) {
    const end = names.indexOf(0, start) + 1;
    parts.push(order, names.subarray(start, end));
    start = end;
  }
  return Buffer.concat(parts);
}

/** Runs `use` with the environment that points git to an index of its own below the depot, and removes that afterwards. */
export async function withTemporaryIndex<T>(
  depot: Pick<Depot, 'path'>,
  use: (env: Readonly<Record<string, string>>, path: string) => Promise<T>,
): Promise<T> {
  const path = await scratchPath(depot);
  try {
    return await use({ GIT_INDEX_FILE: path }, path);
  } finally {
    await rm(path, { force: true });
    await rm(`${path}.lock`, { force: true });
  }
}

/** The tree of the index that `env` points to. */
export async function writeTree(
  git: Git,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Result<Oid>> {
  const made = await git(['write-tree'], { cwd, env });
  return made.ok ? success(oid(made.value.stdout)) : made;
}
