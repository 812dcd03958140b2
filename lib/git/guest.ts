import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Failure, Result } from '../model/failure.js';
import { isAlive, thisProcess, type ProcessIdentity } from '../process/identity.js';
import { wasKilled } from './git.js';
import { holderOf } from './lock-holder.js';
import type { Repository } from './places.js';

/** Left beside the depot while gits of ours write in the user's repository: what proves that a lock there is theirs. */
interface GuestNote extends ProcessIdentity {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The locks that these gits can make, and which of them stood there before. */
  readonly locks: readonly { readonly path: string; readonly was?: string }[];
}

/** A git that outlived its caller, or another one in the same folder, mostly ends within this time. */
const PATIENCE_MS = 5_000;
/** So long may a git of ours have worked on after its caller was last seen alive. */
const AFTERLIFE_MS = 10_000;
/** File systems stamp with a clock that ticks more coarsely than ours. */
const TICK_MS = 100;

const folderOf = ({ commonDir }: Pick<Repository, 'commonDir'>) => join(commonDir, 'sage', 'guest');

/**
 * Does something that writes in the user's repository: moves `refs` there, or its index and checkout. When a git of ours is
 * killed at it, its locks are taken away and it is done once more; when we are killed, the next owner takes them away
 * ({@link healGuestLocks}). A lock of anybody else is never touched.
 */
export async function asGuest<T>(
  repository: Repository,
  refs: readonly string[],
  act: (isAgain: boolean) => Promise<Result<T>>,
): Promise<Result<T>> {
  const first = await noted(repository, refs, () => act(false));
  return first.ok || !isKilled(first.failure) ? first : noted(repository, refs, () => act(true));
}

async function noted<T>(
  repository: Repository,
  refs: readonly string[],
  act: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const note = await leaveNote(repository, refs);
  const done = await act();
  if (!done.ok && isKilled(done.failure)) await heal(note.note, Date.now());
  await note.remove();
  return done;
}

const isKilled = (failure: Failure): boolean =>
  wasKilled(failure) || (failure.cause !== undefined && isKilled(failure.cause));

async function leaveNote(repository: Repository, refs: readonly string[]) {
  const { gitDir, commonDir } = repository;
  const paths = [
    ...['index.lock', 'HEAD.lock', 'ORIG_HEAD.lock'].map((name) => join(gitDir, name)),
    join(commonDir, 'packed-refs.lock'),
    ...refs.map((ref) => join(commonDir, `${ref}.lock`)),
  ];
  const locks = await Promise.all(
    paths.map(async (path) => {
      const was = await nameOf(path);
      return was === undefined ? { path } : { path, was };
    }),
  );
  const note: GuestNote = { ...(own ??= thisProcess()), at: Date.now(), locks };
  const file = join(folderOf(repository), `${process.pid}-${randomUUID()}.json`);
  try {
    await mkdir(folderOf(repository), { recursive: true });
    await writeFile(file, JSON.stringify(note));
  } catch {
    // Without a note its locks can be proven to nobody; on a full disk git makes none either.
  }
  return { note, remove: () => rm(file, { force: true }).catch(() => undefined) };
}

let own: ProcessIdentity | undefined;

/**
 * Takes away the locks that killed gits of ours left in the user's repository: those of dead processes' notes that did not
 * stand there before, were made while that process lived or shortly after (`until`, epoch milliseconds), that no process
 * has open, and where no git works. For the owner. What cannot be proven so stays, and whoever meets it names it.
 */
export async function healGuestLocks(
  repository: Pick<Repository, 'commonDir'>,
  until = 0,
): Promise<void> {
  const folder = folderOf(repository);
  for (const name of await readdir(folder).catch(() => [])) {
    const note = await readNote(join(folder, name));
    if (note && isAlive(note) !== 'dead') continue;
    if (note) await heal(note, Math.max(until, note.at) + AFTERLIFE_MS);
    await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}

async function readNote(file: string): Promise<GuestNote | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as GuestNote;
  } catch {
    // Torn: the process died before its git began.
    return undefined;
  }
}

async function heal({ at, locks }: GuestNote, until: number): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (const { path, was } of locks) {
    const made = await nameOf(path);
    if (made === undefined || made === was) continue;
    const found = await stat(path).catch(() => undefined);
    if (!found || found.mtimeMs < at - TICK_MS || found.mtimeMs > until) continue;
    let holder = await holderOf(path);
    for (; holder !== undefined && performance.now() < giveUpAt; holder = await holderOf(path))
      await pause(50);
    if (holder === undefined && (await nameOf(path)) === made) {
      await unlink(path).catch(() => undefined);
    }
  }
}

/** Names one making of a file: inodes are used again, moments are not. */
async function nameOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev}:${found.ino}:${found.birthtimeNs}:${found.mtimeNs}`;
}
