import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyIndex } from '../git/copy-index.js';
import type { Git } from '../git/git.js';
import { changedPaths, type PathChange } from '../git/changed-paths.js';
import { writeTree } from '../git/trees.js';
import { readNames } from '../git/refs.js';
import { failed, success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { conflicts, unfinished } from './half-done.js';
import { unhide } from './lane-index.js';
import { headOf, putAside, type LaneLink } from './lane-link.js';
import { laneGit, type Lane, type LaneYard } from './lane.js';
import { openFolders } from './stand.js';
import { mayHoldSubmodules, touchedSubmodules } from './submodules.js';

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

/** The index in which everything is that was found in a lane; lies beside it, for whoever makes it ready again. */
export const leftIndex = (lane: Lane) => `${lane.path}.index`;

/** What it takes to look into a lane. */
interface Looking {
  readonly yard: LaneYard;
  readonly git: Git;
  readonly lane: Lane;
  readonly link: LaneLink;
  readonly head: Oid | undefined;
  readonly headTree: Oid | undefined;
  /** Points git to {@link leftIndex}. */
  readonly env: Readonly<Record<string, string>>;
}

/** All files of a lane, and the files with a conflict that nobody resolved. */
interface Taken {
  readonly tree: Oid;
  readonly conflicted: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Reads a lane's final state into objects of the depot. Nothing in the lane changes but that repositories nested in it
 * are put aside, so that their files count as files. Marks in the index that hide changes do not help.
 */
export async function takeSnapshot(
  yard: LaneYard,
  lane: Lane,
  link: LaneLink,
): Promise<Result<Snapshot>> {
  const { git, path } = yard.depot;
  const names = await readNames(git, path, [`${headOf(link)}^{commit}`, `${headOf(link)}^{tree}`]);
  if (!names.ok) return names;
  const [head, headTree] = names.value;
  const index = leftIndex(lane);
  const env = { GIT_INDEX_FILE: index };
  const looking = { yard, git: laneGit(yard, lane, link), lane, link, head, headTree, env };
  const quick = await takeQuickly(looking);
  const taken = quick ? success(quick) : await takeThoroughly(looking);
  if (!taken.ok) {
    await rm(index, { force: true });
    return taken;
  }
  const { tree, conflicted, notes } = taken.value;
  const halfDone = await unfinished(link, conflicted);
  return success({
    ...{ head, headTree, tree },
    ...(halfDone ? { halfDone } : {}),
    notes: [...link.notes, ...notes],
  });
}

/** The lane's own index tells which files need not be read again; without it all are. */
async function freshIndex(lane: Lane, link: LaneLink): Promise<void> {
  const index = leftIndex(lane);
  await Promise.all([index, `${index}.lock`].map((path) => rm(path, { force: true })));
  await copyIndex(join(link.gitDir, 'index'), index).catch(() => undefined);
}

/** For a lane as most are left. Undefined: there is something in it that wants a closer look. */
async function takeQuickly(looking: Looking): Promise<Taken | undefined> {
  const { yard, git, lane, link, headTree, env } = looking;
  if (headTree === undefined || mayHoldSubmodules(lane)) return undefined;
  await freshIndex(lane, link);
  const opened = await unhide(git, lane, { file: leftIndex(lane), like: headTree, env });
  if (!opened.ok || !opened.value.unmerged || opened.value.nested.length > 0) return undefined;
  const added = await git([...ADD, '-A'], { cwd: lane.path, env });
  if (!added.ok) return undefined;
  const tree = await writeTree(git, lane.path, env);
  if (!tree.ok) return undefined;
  const changes = await changedPaths(yard.depot.git, yard.depot.path, headTree, tree.value);
  // A repository in the lane that git takes for a submodule.
  if (!changes.ok || changes.value.some(isNewModule)) return undefined;
  const conflicted = await conflicts(lane, opened.value.unmerged);
  return { tree: tree.value, conflicted, notes: [] };
}

const isNewModule = ({ oldMode, newMode }: PathChange) =>
  newMode === '160000' && oldMode !== '160000';

async function takeThoroughly(looking: Looking): Promise<Result<Taken>> {
  const { git, lane, link, head, env } = looking;
  const cwd = lane.path;
  const notes: string[] = [];
  await freshIndex(lane, link);
  const at = { file: leftIndex(lane), env };
  let nested = await unhide(git, lane, at);
  if (!nested.ok) {
    await rm(leftIndex(lane), { force: true });
    const anew = await git(['read-tree', head ?? '--empty'], { cwd, env });
    if (!anew.ok) return anew;
    nested = await unhide(git, lane, at);
    if (!nested.ok) return nested;
  }
  const listed = await listOddities(git, lane, env);
  if (!listed.ok) return listed;
  const conflicted = await conflicts(lane, listed.value.unmerged);
  let inner = [...nested.value.nested, ...listed.value.repositories];
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
  return tree.ok ? success({ tree: tree.value, conflicted, notes }) : tree;
}

/** Makes a nested repository a plain folder. Answers what to tell. */
async function flatten(lane: Lane, folder: string): Promise<string> {
  const name = Buffer.from(folder, 'latin1').toString('utf8');
  await openFolders(join(lane.path, name));
  const aside = await putAside(join(lane.path, name, '.git'), lane);
  return `the repository in ${name} was taken as plain files; its history is in ${aside}`;
}

const ADD = ['-c', 'advice.addEmbeddedRepo=false', '-c', 'core.safecrlf=false', 'add'];

/** Everything into the index. What cannot be read is named, the rest goes in. */
async function addAll(
  git: Git,
  lane: Lane,
  env: Readonly<Record<string, string>>,
): Promise<Result<readonly string[]>> {
  const cwd = lane.path;
  const first = await git([...ADD, '-A'], { cwd, env });
  if (first.ok) return success([]);
  await openFolders(cwd);
  const again = await git([...ADD, '-A', '--ignore-errors'], {
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
