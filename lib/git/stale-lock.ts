import { stat, unlink } from 'node:fs/promises';
import type { Failure } from '../model/failure.js';
import { holderOf } from './lock-holder.js';

/** Younger lock files are never touched. */
const SETTLED_MS = 10_000;

/** A repository that only we write: whoever locks something there is a git of ours, or of an agent. */
const OURS = /\/sage\/(depot|vault)\.git\//;

/** The lock file that git complains about, if it does. */
export const lockIn = ({ message, cause }: Failure): string | undefined =>
  /[Uu]nable to create '(.+\.lock)': File exists/.exec(message)?.[1] ?? (cause && lockIn(cause));

/**
 * A lock file that git complains about, looked into. `none`: it complains about something else. `held`: somebody may
 * hold it, wait. `removed`: it was older than 10 s and no git that could hold it is alive, so it is gone now: a killed
 * `git update-ref` leaves one behind in about one of seven cases, and every later update fails until it is removed. In
 * the user's repository it is always `held`: what may go there, guest.ts knows.
 */
export async function lockInTheWay(complaint: Failure): Promise<'none' | 'held' | 'removed'> {
  const path = lockIn(complaint);
  if (path === undefined) return 'none';
  return OURS.test(path) ? healLock(path) : 'held';
}

/** The rule of {@link lockInTheWay} for one lock file. One that is not there counts as removed. */
export async function healLock(path: string, settledMs = SETTLED_MS): Promise<'held' | 'removed'> {
  const before = await stat(path).catch(() => undefined);
  if (!before) return 'removed';
  if (Date.now() - before.mtimeMs < settledMs || (await holderOf(path))) return 'held';
  const after = await stat(path).catch(() => undefined);
  if (after?.ino === before.ino && after.mtimeMs === before.mtimeMs) {
    await unlink(path).catch(() => undefined);
  }
  return 'removed';
}

/** A lock in the user's repository that nobody let go of, in words: since when, who may hold it, the way out. */
export async function lockedFailure(cause: Failure): Promise<Failure> {
  const path = lockIn(cause);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || !found) return { ...cause, retryable: true };
  const holder = await holderOf(path);
  return {
    code: 'git/locked',
    message: `${path} stands there since ${found.mtime.toISOString().slice(0, 19)}Z: ${holder ?? 'no git works there; another program made it, or a git that was killed'}`,
    hint: holder
      ? 'let it finish, then try again'
      : `when no editor or other program works in this repository: rm '${path}'`,
    retryable: true,
    where: { file: path },
  };
}
