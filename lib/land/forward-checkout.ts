import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { copyIndex } from '../git/copy-index.js';
import { wasKilled } from '../git/git.js';
import { asGuest } from '../git/guest.js';
import { depotPath, type Repository } from '../git/places.js';
import { changedPaths, type PathChange } from '../git/changed-paths.js';
import { lockedFailure, lockIn } from '../git/stale-lock.js';
import { withTemporaryIndex } from '../git/trees.js';
import { identicalFiles } from './identical-files.js';
import { localChanges } from './local-changes.js';
import { reversed, stage } from './stage.js';

/** The ticket index, where the run's base tracks it (decision D1). */
export interface TrackedIndex {
  /** `.sage/tickets/index.json`. */
  readonly path: string;
  /**
   * Whether these bytes of the checkout's file are the run's own last write onto a file that the user had left
   * unchanged, so that putting the landed version in its place loses nothing.
   */
  readonly isOurLastWrite: (bytes: Uint8Array) => Promise<boolean>;
}

export interface ForwardOptions {
  readonly index?: TrackedIndex;
  /** How long to wait for another git that holds the checkout's index, milliseconds. */
  readonly patienceMs: number;
  /** What moves with the checkout: the branch that it is on. */
  readonly refs: readonly string[];
  /** For the reflog: `sage deliver sage/20261121-…`. */
  readonly reason: string;
  /** An earlier try may have been killed: what it left in the index is taken out again when this one is refused. */
  readonly isRedo: boolean;
}

/**
 * Fast-forwards the user's checkout, whose branch stands at `from`, to `to`, when git can do that without touching a
 * file that the user has changed; otherwise nothing at all is changed and the failure names what is in the way.
 *
 * Files that already are what the forward would make of them, like the ticket index that the run wrote, or those that
 * an interrupted forward left, are put into the index first, which is all that git needs to accept them. Whether git
 * will accept everything is tried on a copy of the index before the real one is touched, so that being killed leaves
 * at worst some identical files staged; doing it again finishes it.
 */
export async function forwardCheckout(
  repository: Repository,
  from: Oid,
  to: Oid,
  options: ForwardOptions,
): Promise<Result<'forwarded'>> {
  for (const deadline = performance.now() + options.patienceMs; ;) {
    const done = await asGuest(repository, options.refs, (isAgain) =>
      tryToForward(repository, from, to, { ...options, isRedo: options.isRedo || isAgain }),
    );
    if (done.ok || lockIn(done.failure) === undefined) return done;
    if (performance.now() > deadline) return failed(await lockedFailure(done.failure));
    // An editor's git takes milliseconds.
    await pause(100);
  }
}

async function tryToForward(
  repository: Repository,
  from: Oid,
  to: Oid,
  options: ForwardOptions,
): Promise<Result<'forwarded'>> {
  const { git, root } = repository;
  const plan = await adoptable(repository, from, to, options.index);
  if (!plan.ok) return plan;
  const { paths, staged: before } = plan.value;
  const rehearsed = await rehearse(repository, from, to, paths);
  if (!rehearsed.ok) {
    if (options.isRedo) await stage(git, root, before.map(reversed));
    return failed(refused(rehearsed.failure));
  }
  const staged = await stage(git, root, paths);
  if (!staged.ok) return staged;
  const merged = await git([...FORWARD, to], {
    cwd: root,
    env: { GIT_REFLOG_ACTION: options.reason },
  });
  if (merged.ok) return success('forwarded');
  // Somebody was faster than the rehearsal, or an ignored file is in the way.
  const ours = options.isRedo ? paths : paths.filter((path) => !before.includes(path));
  await stage(git, root, ours.map(reversed));
  return failed(refused(merged.failure));
}

/** A fast-forward and nothing else, whatever the user's configuration adds to a merge. */
const FORWARD = [
  '-c',
  'submodule.recurse=false',
  'merge',
  '--ff-only',
  '--no-squash',
  '--no-autostash',
  '--no-overwrite-ignore',
  '--no-verify-signatures',
  '--no-stat',
  '--quiet',
];

/** Paths to put into the index, and those among them that stand there already: by the user, or by an earlier try. */
interface Adoptable {
  readonly paths: readonly PathChange[];
  readonly staged: readonly PathChange[];
}

async function adoptable(
  { git, root }: Repository,
  from: Oid,
  to: Oid,
  index: TrackedIndex | undefined,
): Promise<Result<Adoptable>> {
  const [changed, local] = await Promise.all([
    changedPaths(git, root, from, to),
    localChanges(git, root),
  ]);
  if (!changed.ok) return changed;
  if (!local.ok) return local;
  const free = changed.value.filter(({ path, newMode, newId }) => {
    const mine = local.value.get(path);
    const isAsWeWant = mine?.staged === undefined || mine.staged === newId;
    return mine && isAsWeWant && newMode !== '000000';
  });
  const same = await identicalFiles(git, root, free);
  if (!same.ok) return same;
  const paths = [...same.value];

  const live = changed.value.find(({ path }) => path === index?.path);
  if (index && live && local.value.has(live.path) && !paths.includes(live)) {
    const bytes = await readFile(join(root, live.path)).catch(() => undefined);
    const isOurs = free.includes(live) && bytes && (await index.isOurLastWrite(bytes));
    if (!isOurs) return failed(indexChanged(live.path));
    paths.push(live);
  }
  const isStaged = ({ path }: PathChange) => local.value.get(path)?.staged !== undefined;
  return success({ paths, staged: paths.filter(isStaged) });
}

/** Whether git would accept it: on a copy of the index, without touching a file. */
async function rehearse(
  { git, root, gitDir, commonDir }: Repository,
  from: Oid,
  to: Oid,
  paths: readonly PathChange[],
): Promise<Result<unknown>> {
  const depot = { path: depotPath(commonDir) };
  return withTemporaryIndex(depot, async (env, file) => {
    // A checkout without an index has nothing staged: an empty one is the same.
    await copyIndex(join(gitDir, 'index'), file).catch(ignoreMissing);
    const staged = await stage(git, root, paths, env);
    if (!staged.ok) return staged;
    return git(['read-tree', '-n', '-u', '-m', from, to], { cwd: root, env });
  });
}

const ignoreMissing = (error: unknown) => {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
};

const indexChanged = (path: string): Failure => ({
  code: 'git/failed',
  message: `${path} holds changes that are not this run's`,
  where: { file: path },
});

function refused(cause: Failure): Failure {
  if (lockIn(cause) !== undefined || wasKilled(cause)) return cause;
  const files = filesIn(cause.message);
  const shown =
    files.slice(0, 5).join(', ') + (files.length > 5 ? ` and ${files.length - 5} more` : '');
  return {
    code: 'git/failed',
    message:
      files.length > 0
        ? `it would touch files that you have changed: ${shown}; stash them or move them away, then`
        : 'git would not fast-forward the checkout',
    cause,
  };
}

/** The files that git complains of: indented lines of merge, `Entry '…' not uptodate` of read-tree. */
function filesIn(complaint: string): readonly string[] {
  const found = [...complaint.matchAll(/^\t(.+)$|(?:Entry|file) '(.+?)' (?:not|would)/gm)];
  return [...new Set(found.map(([, merge, readTree]) => merge ?? readTree ?? ''))];
}
