import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteRefs, moveRef, type Ref } from '../git/refs.js';
import { success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { LaneLink } from './lane-link.js';
import { laneGit, type Lane, type LaneYard } from './lane.js';
import type { HeadMove } from './reflog.js';

const HEADS = 'refs/heads/';

/**
 * The branches of the depot that an attempt made or moved. All lanes share one set of names, so a branch is taken for
 * this lane's when its HEAD is or was on it, or when it stands on a commit that was made here; never the runs' own
 * (`sage/…`), nor one that another worktree has checked out. The user's branches are among them only if moved from here.
 */
export async function ownBranches(
  { depot }: LaneYard,
  lane: Lane,
  link: LaneLink,
  moves: readonly HeadMove[],
): Promise<Result<readonly Ref[]>> {
  const names = await visited(link, moves);
  if (names.size === 0 && !(await hasOthers(depot))) return success([]);
  const format = '--format=%(objectname) %(refname)%00%(worktreepath)';
  const listed = await depot.git(['for-each-ref', format, HEADS], { cwd: depot.path });
  if (!listed.ok) return listed;
  const made = new Set(moves.filter(({ why }) => MAKES.test(why)).map(({ to }) => to));
  const arrived = new Set(moves.map(({ to }) => to));
  const isOwn = ({ name, oid: tip }: Ref, checkedOutIn: string) => {
    if (name.startsWith(`${HEADS}sage/`)) return false;
    if (checkedOutIn !== '' && checkedOutIn !== lane.path) return false;
    const shown = depot.mirrored.get(name);
    if (shown !== undefined) return tip !== shown && arrived.has(tip);
    return names.has(name) || made.has(tip);
  };
  const lines = listed.value.stdout.split('\n').filter((line) => line !== '');
  return success(
    lines.flatMap((line) => {
      const [told = '', checkedOutIn = ''] = line.split('\0');
      const space = told.indexOf(' ');
      const ref = { oid: oid(told.slice(0, space)), name: told.slice(space + 1) };
      return isOwn(ref, checkedOutIn) ? [ref] : [];
    }),
  );
}

/** Words of the log for a commit that did not exist before. */
const MAKES = /^(commit|cherry-pick|revert|am)\b/;

/** Full names of the branches on which the lane's HEAD is or was. */
async function visited({ gitDir }: LaneLink, moves: readonly HeadMove[]): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { why } of moves) {
    const [, from, to] = /^checkout: moving from (\S+) to (\S+)$/.exec(why) ?? [];
    const [, was, is] =
      /^Branch: renamed refs\/heads\/(\S+) to refs\/heads\/(\S+)$/.exec(why) ?? [];
    for (const name of [from, to, was, is]) if (name !== undefined) names.add(`${HEADS}${name}`);
  }
  const branch = await branchOf(gitDir);
  if (branch !== undefined) names.add(branch);
  return names;
}

/** The branch that is checked out, by its full name; undefined: none. */
async function branchOf(gitDir: string): Promise<string | undefined> {
  const text = await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => '');
  return /^ref: (refs\/heads\/\S+)/.exec(text)?.[1];
}

/** Whether there is a branch besides those of the user and the runs; asked without a process. */
async function hasOthers({ path, mirrored }: LaneYard['depot']): Promise<boolean> {
  const folder = join(path, HEADS);
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.some((entry) => {
    const name = join(entry.parentPath, entry.name).slice(path.length + 1);
    return entry.isFile() && !name.startsWith(`${HEADS}sage/`) && !mirrored.has(name);
  });
}

/**
 * Takes an attempt's branches out of the depot, so that the next one may use their names, and puts the user's back where
 * they were. What they hold must be kept already. The lane's HEAD stays where it is, detached.
 */
export async function letGoOfBranches(
  yard: LaneYard,
  lane: Lane,
  link: LaneLink,
  head: Oid | undefined,
  branches: readonly Ref[],
): Promise<Result<unknown>> {
  if (branches.length === 0) return success(undefined);
  const { git, path: cwd, mirrored } = yard.depot;
  const on = await branchOf(link.gitDir);
  if (head !== undefined && branches.some(({ name }) => name === on)) {
    const args = ['update-ref', '--no-deref', 'HEAD', head];
    const detached = await laneGit(yard, lane, link)(args, { cwd: lane.path });
    if (!detached.ok) return detached;
  }
  for (const { name, oid: tip } of branches) {
    const shown = mirrored.get(name);
    if (shown === undefined) continue;
    const back = await moveRef(git, cwd, name, shown, tip, 'sage: as in the repository');
    if (!back.ok) return back;
  }
  return deleteRefs(
    git,
    cwd,
    branches.filter(({ name }) => !mirrored.has(name)),
  );
}
