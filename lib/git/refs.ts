import { failed, success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { Git } from './git.js';
import { lockedFailure, lockInTheWay } from './stale-lock.js';
import { idOf, standingIn } from './standing-gits.js';

/** A ref and the object it names. */
export interface Ref {
  readonly name: string;
  readonly oid: Oid;
}

/** A move that did not happen because the ref is not (any more) where it was expected: a fact, not an error. */
export interface Stale {
  /** Where the ref stands; undefined: it does not exist. */
  readonly stale: Oid | undefined;
}

/** How long a lock file in the way is waited for before the move is given up. */
const LOCK_PATIENCE_MS = 20_000;

/**
 * Compare-and-swap of one ref, on disk when it answers. `expectedOld` undefined: it must not exist yet. A lock file
 * left behind by a killed git is waited for, then removed when nobody can hold it (see {@link lockInTheWay}). The
 * message is for the reflog; gits that stand ready write one of their own.
 */
export async function moveRef(
  git: Git,
  cwd: string,
  ref: string,
  to: Oid,
  expectedOld: Oid | undefined,
  message: string,
): Promise<Result<'moved' | Stale>> {
  const orders = `update ${ref} ${to} ${expectedOld ?? noObject(to)}\n`;
  if (await standingIn(git, cwd)?.changeRefs(orders)) return success('moved');
  const args = ['update-ref', '--create-reflog', '-m', message, '--no-deref'];
  return compareAndSwap(git, cwd, ref, expectedOld, [
    ...args,
    ref,
    to,
    expectedOld ?? noObject(to),
  ]);
}

/** Creates a ref, or puts it where it should be, whatever it said before: for refs that only we write. */
export async function setRef(git: Git, cwd: string, ref: string, to: Oid): Promise<Result<Oid>> {
  if (await standingIn(git, cwd)?.changeRefs(`update ${ref} ${to}\n`)) return success(to);
  const done = await git(['update-ref', '--no-deref', ref, to], { cwd });
  return done.ok ? success(to) : done;
}

/** Deletes a ref if it stands at `expectedOld`. One that is gone already is `{ stale: undefined }`. */
export async function deleteRef(
  git: Git,
  cwd: string,
  ref: string,
  expectedOld: Oid,
): Promise<Result<'moved' | Stale>> {
  return compareAndSwap(git, cwd, ref, expectedOld, [
    'update-ref',
    '--no-deref',
    '-d',
    ref,
    expectedOld,
  ]);
}

/** Deletes refs that stand where they are said to stand: all of them or, when one does not, none. */
export async function deleteRefs(
  git: Git,
  cwd: string,
  refs: readonly Ref[],
): Promise<Result<unknown>> {
  if (refs.length === 0) return success(undefined);
  const input = refs.map((ref) => `delete ${ref.name} ${ref.oid}\n`).join('');
  if (await standingIn(git, cwd)?.changeRefs(input)) return success(undefined);
  return git(['update-ref', '--no-deref', '--stdin'], { cwd, input });
}

/** What a ref, or any other name of an object, stands for; undefined: there is no such thing. */
export async function readRef(
  git: Git,
  cwd: string,
  name: string,
): Promise<Result<Oid | undefined>> {
  const answer = await git(['rev-parse', '--quiet', '--verify', '--end-of-options', name], {
    cwd,
    okCodes: [0, 1, 128],
  });
  if (!answer.ok) return answer;
  return success(answer.value.code === 0 ? oid(answer.value.stdout) : undefined);
}

/** {@link readRef} for several names at once, without spaces in them. */
export async function readNames(
  git: Git,
  cwd: string,
  names: readonly string[],
): Promise<Result<readonly (Oid | undefined)[]>> {
  const told = await standingIn(git, cwd)?.readNames(names);
  if (told) return success(told);
  const input = names.map((name) => `${name}\n`).join('');
  const answer = await git(['cat-file', '--batch-check=%(objectname)'], { cwd, input });
  if (!answer.ok) return answer;
  return success(answer.value.stdout.split('\n').map(idOf));
}

/** All refs below `prefix` (`refs/sage/kept/`), sorted by name. */
export async function listRefs(git: Git, cwd: string, prefix: string): Promise<Result<Ref[]>> {
  const answer = await git(['for-each-ref', '--format=%(objectname) %(refname)', prefix], { cwd });
  if (!answer.ok) return answer;
  const lines = answer.value.stdout.split('\n').filter((line) => line !== '');
  return success(
    lines.map((line) => {
      const space = line.indexOf(' ');
      return { oid: oid(line.slice(0, space)), name: line.slice(space + 1) };
    }),
  );
}

async function compareAndSwap(
  git: Git,
  cwd: string,
  ref: string,
  expectedOld: Oid | undefined,
  args: readonly string[],
): Promise<Result<'moved' | Stale>> {
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const done = await git(args, { cwd });
    if (done.ok) return success('moved');
    const now = await readRef(git, cwd, ref);
    if (!now.ok) return now;
    if (now.value !== expectedOld) return success({ stale: now.value });
    const lock = await lockInTheWay(done.failure);
    if (lock === 'none') return done;
    if (performance.now() > deadline) return failed(await lockedFailure(done.failure));
    if (lock === 'held') await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** git's word for "nothing", as long as the ids of this repository. */
const noObject = (like: Oid) => '0'.repeat(like.length);
