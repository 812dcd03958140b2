import { lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { restoreDepot } from '../git/depot.js';
import { keepRefs } from '../git/vault.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { Lane, LaneYard } from './lane.js';

/** A lane's own part of the depot: HEAD, index and reflog of that worktree. */
export interface LaneLink {
  readonly gitDir: string;
  /** What was found broken and was mended. */
  readonly notes: readonly string[];
}

/** A lane's HEAD as the depot calls it. */
export const headOf = ({ gitDir }: LaneLink) => `worktrees/${basename(gitDir)}/HEAD`;

/** What git needs to find in a worktree's part of the depot. */
const NEEDED = ['HEAD', 'commondir', 'gitdir'];

/**
 * Finds a lane's part of the depot by what the depot says, and mends the lane's `.git`, which agents delete or replace
 * by a repository of their own (that one is put aside). Undefined: the depot knows no sound lane there.
 */
export async function findLink(yard: LaneYard, lane: Lane): Promise<LaneLink | undefined> {
  const gitDir = await registered(yard, lane);
  if (gitDir === undefined || !(await isSound(gitDir))) return undefined;
  if (!(await lstat(lane.path).catch(() => undefined))) return undefined;
  const dot = join(lane.path, '.git');
  const text = `gitdir: ${gitDir}\n`;
  const found = await lstat(dot).catch(() => undefined);
  if (found?.isFile() && (await readFile(dot, 'utf8')) === text) return { gitDir, notes: [] };
  if (found) await putAside(dot, lane);
  await writeFile(dot, text);
  const what = found?.isDirectory()
    ? 'a repository of its own was made in the lane; it was put aside'
    : "the lane's .git was missing or changed; it was mended";
  return { gitDir, notes: [what] };
}

/** The part of the depot whose `gitdir` names the lane. */
async function registered(yard: LaneYard, lane: Lane): Promise<string | undefined> {
  const folder = join(yard.depot.path, 'worktrees');
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const path = await readFile(join(folder, name, 'gitdir'), 'utf8').catch(() => '');
    if (path.trim() === join(lane.path, '.git')) return join(await realpath(folder), name);
  }
  return undefined;
}

async function isSound(gitDir: string): Promise<boolean> {
  const found = await Promise.all(
    NEEDED.map((name) => readFile(join(gitDir, name), 'utf8').catch(() => '')),
  );
  return found.every((text) => text.trim() !== '');
}

/** Makes a lane without its files, behind the yard's mutex. Whatever stands in its place is renamed, never deleted. */
export function makeLane(yard: LaneYard, lane: Lane, base: Oid): Promise<Result<LaneLink>> {
  return yard.mutex(async () => {
    try {
      await mkdir(yard.root, { recursive: true });
      const notes = await clearPlace(yard, lane);
      const restored = await restoreDepot(yard.depot);
      if (!restored.ok) return failed(notCreated(lane, restored.failure.message));
      const args = ['worktree', 'add', '-q', '--detach', '--no-checkout', lane.path, base];
      const added = await yard.depot.git(args, { cwd: yard.depot.path });
      if (!added.ok) return failed(notCreated(lane, added.failure.message));
      const gitDir = await registered(yard, lane);
      return gitDir === undefined
        ? failed(notCreated(lane, 'git made it but does not know it'))
        : success({ gitDir, notes });
    } catch (error) {
      return failed(notCreated(lane, (error as Error).message));
    }
  });
}

async function clearPlace(yard: LaneYard, lane: Lane): Promise<string[]> {
  const notes: string[] = [];
  if (await lstat(lane.path).catch(() => undefined)) {
    const aside = await putAside(lane.path, lane);
    notes.push(`the lane was broken; its files were put aside in ${aside}`);
  }
  const gitDir = await registered(yard, lane);
  if (gitDir !== undefined) {
    const head = (await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => '')).trim();
    if (/^[0-9a-f]{40,64}$/.test(head)) {
      const name = `refs/sage/aside/${lane.name}/${head}`;
      await keepRefs(yard.depot, [{ name, oid: oid(head) }]);
    }
    await rm(gitDir, { recursive: true, force: true });
  }
  return notes;
}

/** Renames something of a lane out of the way: `<root>/aside/<lane>-<n>`. */
export async function putAside(path: string, lane: Lane): Promise<string> {
  const folder = join(dirname(lane.path), 'aside');
  await mkdir(folder, { recursive: true });
  for (let number = 1; ; number += 1) {
    const to = join(folder, `${lane.name}-${number}`);
    if (await lstat(to).catch(() => undefined)) continue;
    await rename(path, to);
    return to;
  }
}

/** Why there is no lane, with the way out where it is plain. */
export function notCreated(lane: Lane, said: string): Failure {
  const isFull = /no space left|ENOSPC|quota/i.test(said);
  const isForbidden = /EACCES|EROFS|EPERM|permission denied|read-only file system/i.test(said);
  return {
    code: 'lane/not-created',
    message: isFull
      ? `There is no space left for lane ${lane.path}: ${said}`
      : `Lane ${lane.path} could not be made ready: ${said}`,
    ...(isFull ? { hint: 'Free some disk space, or use fewer lanes: `--parallel`.' } : {}),
    ...(isForbidden ? { hint: `Make ${dirname(lane.path)} writable.` } : {}),
    where: { file: lane.path },
  };
}
