import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failed, success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { Depot } from './places.js';
import { scratchPath } from './scratch.js';

/** What came of a three-way merge. Files are sorted, each once. */
export type Merged =
  | { readonly kind: 'clean'; readonly tree: Oid }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/**
 * Merges two commits without a checkout. The `.gitattributes` that count are those of `ours`; merge drivers of git's
 * own (text, binary, union) work, drivers that are commands do not run: files that ask for one are merged as text.
 */
export function mergeTrees(depot: Depot, ours: Oid, theirs: Oid): Promise<Result<Merged>> {
  return withAttributes(depot, ours, (folder) => mergeIn(depot, folder, ours, theirs));
}

/**
 * Merges one commit with each of several in one process: {@link mergeTrees} but for the `.gitattributes`, which are
 * those of the first for all.
 */
export async function mergeWithEach(
  depot: Depot,
  ours: readonly Oid[],
  theirs: Oid,
): Promise<Result<readonly Merged[]>> {
  const [first] = ours;
  if (first === undefined) return success([]);
  return withAttributes(depot, first, async (folder) => {
    const args = ['merge-tree', '--write-tree', '--stdin', '-z', '--name-only', '--no-messages'];
    const input = ours.map((one) => `${one} ${theirs}\n`).join('');
    const answer = await depot.git(args, { ...placeOf(depot, folder), input });
    if (!answer.ok) return answer;
    return success(readMerges(answer.value.stdout));
  });
}

/** For each pair: `1` or `0`, the tree, the files in conflict, and an empty field. */
function readMerges(output: string): Merged[] {
  const merges: Merged[] = [];
  const fields = output.split('\0');
  for (let at = 0; at + 2 < fields.length;) {
    const [status, tree] = [fields[at], fields[at + 1]];
    const end = fields.indexOf('', at + 2);
    const files = fields.slice(at + 2, end < 0 ? fields.length : end);
    merges.push(
      status === '1'
        ? { kind: 'clean', tree: oid(tree ?? '') }
        : { kind: 'conflict', files: [...new Set(files)].sort() },
    );
    at = end < 0 ? fields.length : end + 1;
  }
  return merges;
}

async function withAttributes<T>(
  depot: Depot,
  ours: Oid,
  merge: (folder: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const attributes = await attributeFiles(depot, ours);
  if (!attributes.ok) return attributes;
  // git takes attributes from the folder it works in, and from nowhere else: it gets one with just those files.
  const folder = await scratchPath(depot);
  try {
    await mkdir(folder);
    for (const [path, bytes] of attributes.value) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    return await merge(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const placeOf = (depot: Depot, folder: string) => ({
  cwd: folder,
  env: { GIT_DIR: depot.path, GIT_WORK_TREE: folder, ...WITHOUT_DRIVERS },
});

async function mergeIn(
  depot: Depot,
  folder: string,
  ours: Oid,
  theirs: Oid,
): Promise<Result<Merged>> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const answer = await depot.git(args, {
    ...placeOf(depot, folder),
    okCodes: [0, 1],
  });
  if (!answer.ok) return answer;
  const [tree, ...files] = answer.value.stdout.split('\0').filter((part) => part !== '');
  if (tree === undefined) {
    return failed({ code: 'git/failed', message: `git merge-tree ${ours} ${theirs} said nothing` });
  }
  if (answer.value.code === 0) return success({ kind: 'clean', tree: oid(tree) });
  return success({ kind: 'conflict', files: [...new Set(files)].sort() });
}

/** A driver command can only come from these files; the depot's own configuration never holds one. */
const WITHOUT_DRIVERS = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** `.gitattributes` with their bytes, by path. */
type AttributeFiles = readonly (readonly [path: string, bytes: Buffer])[];

/** Those of the commits merged onto last: each landing merges onto the one before. Commits never change. */
const known = new WeakMap<Depot, Map<Oid, AttributeFiles>>();
const REMEMBERED = 8;

/** The `.gitattributes` of a commit; links are left out, as git does not follow them. */
async function attributeFiles(depot: Depot, commit: Oid): Promise<Result<AttributeFiles>> {
  const before = known.get(depot)?.get(commit);
  if (before) return success(before);
  const read = await readAttributeFiles(depot, commit);
  if (read.ok) remember(depot, commit, read.value);
  return read;
}

/** Says that `child` has the very `.gitattributes` of `parent`, which saves a look at all its files. */
export function inheritAttributes(depot: Depot, parent: Oid, child: Oid): void {
  const files = known.get(depot)?.get(parent);
  if (files) remember(depot, child, files);
}

/** Whether a path may be that of a `.gitattributes`; on some file systems case does not count. */
export const isAttributes = (path: string) => /(^|\/)\.gitattributes$/i.test(path);

function remember(depot: Depot, commit: Oid, files: AttributeFiles): void {
  const commits = known.get(depot) ?? new Map<Oid, AttributeFiles>();
  known.set(depot, commits.set(commit, files));
  const [oldest] = commits.keys();
  if (commits.size > REMEMBERED && oldest !== undefined) commits.delete(oldest);
}

async function readAttributeFiles(depot: Depot, commit: Oid): Promise<Result<AttributeFiles>> {
  const listed = await depot.git(['ls-tree', '-r', '-z', commit], { cwd: depot.path });
  if (!listed.ok) return listed;
  const found: [string, string][] = [];
  const { bytes } = listed.value;
  for (let at = bytes.indexOf(NAME); at >= 0; at = bytes.indexOf(NAME, at + 1)) {
    const line = bytes
      .subarray(bytes.lastIndexOf(0, at) + 1, at + NAME.length - 1)
      .toString('utf8');
    const path = line.slice(line.indexOf('\t') + 1);
    const [mode, , id] = line.slice(0, line.indexOf('\t')).split(' ');
    const isNamedSo = path === '.gitattributes' || path.endsWith('/.gitattributes');
    if (id && mode !== '120000' && isNamedSo) found.push([path, id]);
  }
  const files: [string, Buffer][] = [];
  for (const [path, id] of found) {
    const blob = await depot.git(['cat-file', 'blob', id], { cwd: depot.path });
    if (!blob.ok) return blob;
    files.push([path, blob.value.bytes]);
  }
  return success(files);
}

const NAME = Buffer.from('.gitattributes\0');
