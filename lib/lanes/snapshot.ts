import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyIndex } from '../git/copy-index.js';
import type { Git } from '../git/git.js';
import type { Depot } from '../git/places.js';
import { withTemporaryIndex, writeTree } from '../git/trees.js';
import { readNames } from '../git/refs.js';
import { failed, success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { unhide } from './lane-index.js';
import { putAside, type LaneLink } from './lane-link.js';
import type { Lane } from './lane.js';
import { openFolders } from './stand.js';
import { touchedSubmodules } from './submodules.js';

/** What lies in a lane, whatever was done to it. */
export interface Snapshot {
  /** Undefined: the branch has no commit. */
  readonly head: Oid | undefined;
  /** Of `head`. */
  readonly headTree: Oid | undefined;
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
  depot: Depot,
  git: Git,
  lane: Lane,
  link: LaneLink,
): Promise<Result<Snapshot>> {
  const cwd = lane.path;
  const names = await readNames(git, cwd, ['HEAD^{commit}', 'HEAD^{tree}']);
  if (!names.ok) return names;
  const [head, headTree] = names.value;
  return withTemporaryIndex(depot, async (env, index) => {
    const notes: string[] = [...link.notes];
    // The lane's own index tells which files need not be read again; without it all are.
    await copyIndex(join(link.gitDir, 'index'), index).catch(() => undefined);
    let nested = await unhide(git, lane, env);
    if (!nested.ok) {
      const anew = await git(['read-tree', head ?? '--empty'], { cwd, env });
      if (!anew.ok) return anew;
      nested = await unhide(git, lane, env);
      if (!nested.ok) return nested;
    }
    const listed = await listOddities(git, lane, env);
    if (!listed.ok) return listed;
    const conflicted = await conflicts(lane, listed.value.unmerged);
    let inner = [...nested.value, ...listed.value.repositories];
    while (inner.length > 0) {
      for (const folder of inner) notes.push(await flatten(lane, folder));
      // A repository that was put aside may show others below it.
      const more = await listOddities(git, lane, env);
      if (!more.ok) return more;
      inner = more.value.repositories;
    }
    const added = await addAll(git, lane, env);
    if (!added.ok) return added;
    notes.push(...added.value);
    const submodules = await touchedSubmodules(git, lane);
    if (!submodules.ok) return submodules;
    notes.push(
      ...submodules.value.map(
        (path) =>
          `what was changed inside the submodule ${path} is not taken: only the commit that it points to can land`,
      ),
    );
    const tree = await writeTree(git, cwd, env);
    if (!tree.ok) return tree;
    const halfDone = await unfinished(link, conflicted);
    return success({
      ...{ head, headTree },
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
  const { code, stderr } = again.value;
  if (code === 0) return success([]);
  return CANNOT_STORE.test(stderr)
    ? failed({ code: 'git/failed', message: stderr })
    : success([`git could not read everything: ${stderr.slice(0, 500)}`]);
}

/** Words of git when it is not the lane that it cannot read but the depot that it cannot write. */
const CANNOT_STORE =
  /No space left|Disk quota|Read-only file system|unable to (?:write|create|set permission)|insufficient permission for adding|failed to insert into database/;

/** What a plain `git add` would get wrong. */
interface Oddities {
  /** Unmerged entries of the index: `100644 <id> <stage>` and the path, parted by a tab. */
  readonly unmerged: readonly string[];
  /** Untracked folders that are repositories, each name in latin1. */
  readonly repositories: string[];
}

async function listOddities(
  git: Git,
  lane: Lane,
  env: Readonly<Record<string, string>>,
): Promise<Result<Oddities>> {
  const args = ['ls-files', '-t', '-u', '-o', '-z', '--exclude-standard'];
  const listed = await git(args, { cwd: lane.path, env });
  if (!listed.ok) return listed;
  const lines = listed.value.bytes.toString('latin1').split('\0');
  return success({
    unmerged: lines.filter((line) => line.startsWith('M ')).map((line) => line.slice(2)),
    // git lists them with a slash at the end.
    repositories: lines
      .filter((line) => line.startsWith('? ') && line.endsWith('/'))
      .map((line) => line.slice(2, -1)),
  });
}

/** Files with a conflict in the index that nobody resolved, in the index or in the file. */
async function conflicts(lane: Lane, unmerged: readonly string[]): Promise<string[]> {
  const sides = new Map<string, string[]>();
  for (const line of unmerged) {
    const path = Buffer.from(line.slice(line.indexOf('\t') + 1), 'latin1').toString('utf8');
    const side = line.slice(0, line.indexOf('\t')).split(' ')[2] ?? '';
    sides.set(path, [...(sides.get(path) ?? []), side]);
  }
  const open: string[] = [];
  for (const [path, found] of sides) {
    const isBothSides = found.includes('2') && found.includes('3');
    if (!isBothSides || (await hasMarkers(join(lane.path, path)))) open.push(path);
  }
  return open;
}

async function hasMarkers(path: string): Promise<boolean> {
  const text = await readFile(path, 'latin1').catch(() => undefined);
  return text === undefined || /^(<{7}|>{7})( |$)/m.test(text);
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
