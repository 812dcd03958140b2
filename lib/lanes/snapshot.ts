import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyIndex } from '../git/copy-index.js';
import type { Git } from '../git/git.js';
import { withTemporaryIndex, writeTree } from '../git/trees.js';
import { readRef } from '../git/refs.js';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { unhide } from './lane-index.js';
import { putAside, type LaneLink } from './lane-link.js';
import type { Lane } from './lane.js';
import { openFolders } from './stand.js';

/** What lies in a lane, whatever was done to it. */
export interface Snapshot {
  /** Undefined: the branch has no commit. */
  readonly head: Oid | undefined;
  /** All files as they are, ignored ones left out. */
  readonly tree: Oid;
  /** Why it cannot be taken for finished work: something half done, with its files. */
  readonly halfDone?: string;
  readonly notes: readonly string[];
}

/** Something begun and not ended, which means that HEAD is not where its owner wanted to be. */
const UNFINISHED = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['sequencer', 'a series of picks'],
] as const;

/**
 * Reads a lane's final state into objects of the depot. Nothing in the lane changes but that repositories nested in it
 * are put aside, so that their files count as files. Marks in the index that hide changes do not help.
 */
export async function takeSnapshot(
  git: Git,
  lane: Lane,
  link: LaneLink,
): Promise<Result<Snapshot>> {
  const cwd = lane.path;
  const head = await readRef(git, cwd, 'HEAD^{commit}');
  if (!head.ok) return head;
  return withTemporaryIndex(async (env, index) => {
    const notes: string[] = [...link.notes];
    // The lane's own index tells which files need not be read again; without it all are.
    await copyIndex(join(link.gitDir, 'index'), index).catch(() => undefined);
    let nested = await unhide(git, lane, env);
    if (!nested.ok) {
      const anew = await git(['read-tree', head.value ?? '--empty'], { cwd, env });
      if (!anew.ok) return anew;
      nested = await unhide(git, lane, env);
      if (!nested.ok) return nested;
    }
    const conflicted = await conflicts(git, lane, env);
    if (!conflicted.ok) return conflicted;
    // A repository that was put aside may show others below it.
    let inner = nested.value;
    for (;;) {
      for (const folder of inner) notes.push(await flatten(lane, folder));
      const more = await innerRepositories(git, lane, env);
      if (!more.ok) return more;
      if (more.value.length === 0) break;
      inner = more.value;
    }
    const added = await addAll(git, lane, env);
    if (!added.ok) return added;
    notes.push(...added.value);
    const tree = await writeTree(git, cwd, env);
    if (!tree.ok) return tree;
    const halfDone = await unfinished(link, conflicted.value);
    return success({
      head: head.value,
      tree: tree.value,
      ...(halfDone ? { halfDone } : {}),
      notes,
    });
  });
}

/** Makes a nested repository a plain folder. Answers what to tell. */
async function flatten(lane: Lane, folder: string): Promise<string> {
  const name = Buffer.from(folder, 'latin1').toString('utf8');
  await openFolders(join(lane.path, name));
  const aside = await putAside(join(lane.path, name, '.git'), lane);
  return `the repository in ${name} was taken as plain files; its history is in ${aside}`;
}

/** Everything into the index. What cannot be read is named, the rest goes in. */
async function addAll(
  git: Git,
  lane: Lane,
  env: Readonly<Record<string, string>>,
): Promise<Result<readonly string[]>> {
  const cwd = lane.path;
  const settings = ['-c', 'advice.addEmbeddedRepo=false', '-c', 'core.safecrlf=false'];
  const first = await git([...settings, 'add', '-A'], { cwd, env });
  if (first.ok) return success([]);
  await openFolders(cwd);
  const again = await git([...settings, 'add', '-A', '--ignore-errors'], {
    cwd,
    env,
    okCodes: [0, 1, 128],
  });
  if (!again.ok) return again;
  return success(
    again.value.code === 0
      ? []
      : [`git could not read everything: ${again.value.stderr.slice(0, 500)}`],
  );
}

/** Files with a conflict in the index that nobody resolved, in the index or in the file. */
async function conflicts(
  git: Git,
  lane: Lane,
  env: Readonly<Record<string, string>>,
): Promise<Result<string[]>> {
  const listed = await git(['ls-files', '-u', '-z'], { cwd: lane.path, env });
  if (!listed.ok) return listed;
  const sides = new Map<string, string[]>();
  for (const line of listed.value.stdout.split('\0').filter((part) => part !== '')) {
    const path = line.slice(line.indexOf('\t') + 1);
    const side = line.slice(0, line.indexOf('\t')).split(' ')[2] ?? '';
    sides.set(path, [...(sides.get(path) ?? []), side]);
  }
  const open: string[] = [];
  for (const [path, found] of sides) {
    const isBothSides = found.includes('2') && found.includes('3');
    if (!isBothSides || (await hasMarkers(join(lane.path, path)))) open.push(path);
  }
  return success(open);
}

async function hasMarkers(path: string): Promise<boolean> {
  const text = await readFile(path, 'latin1').catch(() => undefined);
  return text === undefined || /^(<{7}|>{7})( |$)/m.test(text);
}

/** Untracked folders that are repositories: git lists them with a slash at the end. */
async function innerRepositories(
  git: Git,
  lane: Lane,
  env: Readonly<Record<string, string>>,
): Promise<Result<readonly string[]>> {
  const listed = await git(['ls-files', '-o', '-z', '--exclude-standard'], { cwd: lane.path, env });
  if (!listed.ok) return listed;
  return success(
    listed.value.bytes
      .toString('latin1')
      .split('\0')
      .filter((name) => name.endsWith('/'))
      .map((name) => name.slice(0, -1)),
  );
}

async function unfinished(
  link: LaneLink,
  conflicted: readonly string[],
): Promise<string | undefined> {
  const where = conflicted.length === 0 ? '' : `: ${conflicted.slice(0, 10).join(', ')}`;
  for (const [file, what] of UNFINISHED) {
    if (await lstat(join(link.gitDir, file)).catch(() => undefined))
      return `${what} half done${where}`;
  }
  return conflicted.length === 0 ? undefined : `a merge with unresolved conflicts${where}`;
}
