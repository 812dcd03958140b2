import { createCommit } from '../git/commits.js';
import type { Git } from '../git/git.js';
import type { Depot } from '../git/places.js';
import { keepRefs, listKept } from '../git/vault.js';
import { success, type Result } from '../model/failure.js';
import {
  safeName,
  type AttemptAddress,
  type Oid,
  type RunId,
  type TicketId,
} from '../model/ids.js';
import { letGoOfBranches, ownBranches } from './branches.js';
import { headMoves } from './reflog.js';
import type { LaneLink } from './lane-link.js';
import type { LaneGuest } from './lane-record.js';
import type { Lane, LaneYard } from './lane.js';
import { takeSnapshot, type Snapshot } from './snapshot.js';

/** An attempt's final state, held by a ref of the vault. */
export interface Kept {
  readonly ref: string;
  /** The agent's history with everything uncommitted on top: its tree is the lane's final one. */
  readonly commit: Oid;
  readonly snapshot: Snapshot;
  /** Uncommitted changes had to be committed. */
  readonly hadLeftovers: boolean;
  /** There was nothing but the base: no ref was made. */
  readonly isEmpty: boolean;
  readonly notes: readonly string[];
}

/** Whose it is. */
type Owner = Pick<LaneGuest, 'run' | 'ticket' | 'attempt' | 'base'>;

/** `<run>/<ticket>/<number>`: the names of an attempt below `refs/sage/kept/`, `work/` and `also/`. */
export function attemptPath(run: RunId, ticket: TicketId, attempt: AttemptAddress): string {
  const number = /#(\d+)$/.exec(attempt)?.[1] ?? safeName(attempt);
  return `${run}/${safeName(ticket)}/${number}`;
}

/**
 * Keeps everything an attempt left in its lane, before anybody judges it: its final files and history under
 * `refs/sage/kept/<run>/<ticket>/<n>`, commits that it left behind elsewhere under `refs/sage/also/…`. Its branches are
 * then gone from the depot: the next attempt would meet their names.
 */
export async function keepGuestWork(
  yard: LaneYard,
  lane: Lane,
  link: LaneLink,
  owner: Owner,
): Promise<Result<Kept>> {
  const { git, path: cwd } = yard.depot;
  const taken = await takeSnapshot(yard, lane, link);
  if (!taken.ok) return taken;
  const { head, headTree, tree, notes } = taken.value;
  const path = attemptPath(owner.run, owner.ticket, owner.attempt);
  const ref = `refs/sage/kept/${path}`;
  const moves = await headMoves(link);
  const branches = await ownBranches(yard, lane, link, moves);
  if (!branches.ok) return branches;
  const left = [...moves.map(({ to }) => to), ...branches.value.map(({ oid }) => oid)];
  const also = await keepStrays(yard.depot, git, cwd, path, head ?? owner.base, left);
  if (!also.ok) return also;
  const letGo = () => letGoOfBranches(yard, lane, link, head, branches.value);
  const told = { ref, snapshot: taken.value, notes: [...notes, ...also.value] };

  const hadLeftovers = headTree !== tree;
  if (head === owner.base && !hadLeftovers) {
    const free = await letGo();
    if (!free.ok) return free;
    return success({ ...told, commit: owner.base, hadLeftovers, isEmpty: true });
  }
  const commit =
    head === undefined || hadLeftovers
      ? await createCommit(git, cwd, {
          tree,
          parents: head === undefined ? [] : [head],
          message: `Left uncommitted by ${owner.attempt}\n`,
          author: yard.identity,
          at: new Date(yard.clock.now()).toISOString(),
        })
      : success(head);
  if (!commit.ok) return commit;
  const set = await keepRefs(yard.depot, [{ name: ref, oid: commit.value }]);
  if (!set.ok) return set;
  const free = await letGo();
  if (!free.ok) return free;
  return success({ ...told, commit: commit.value, hadLeftovers, isEmpty: false });
}

/** Commits that HEAD or a branch of the attempt was on and that `head` does not hold: kept, not judged. */
async function keepStrays(
  depot: Depot,
  git: Git,
  cwd: string,
  path: string,
  head: Oid,
  left: readonly Oid[],
): Promise<Result<readonly string[]>> {
  // Renaming a branch leaves a move to nothing in the log.
  const strays = [...new Set(left)].filter((one) => one !== head && !/^0+$/.test(one));
  if (strays.length === 0) return success([]);
  const input = [...strays, `^${head}`, ''].join('\n');
  const unheld = await git(['rev-list', '--ignore-missing', '--stdin'], {
    cwd,
    input,
    okCodes: [0, 128],
  });
  if (!unheld.ok) return unheld;
  const unique = new Set(unheld.value.stdout.split('\n'));
  const lost = strays.filter((one) => unique.has(one));
  if (lost.length === 0) return success([]);
  const all = await listKept(depot, 'also');
  if (!all.ok) return all;
  const held = all.value.filter(({ name }) => name.startsWith(`refs/sage/also/${path}/`));
  const have = new Set(held.map(({ oid }) => oid));
  const strayed = lost.filter((one) => !have.has(one));
  const kept = await keepRefs(
    depot,
    strayed.map((oid, at) => ({ name: `refs/sage/also/${path}/${held.length + at + 1}`, oid })),
  );
  if (!kept.ok) return kept;
  return success([`commits left aside are kept below refs/sage/also/${path}/`]);
}
