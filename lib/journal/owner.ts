import { mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { failed, Refusal, success, type Failure, type Result } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import { isAlive, thisProcess } from '../process/identity.js';
import { MOVER_MS } from './owner-left.js';
import { readOwner, type Owner } from './read-owner.js';

/** The right to run in a repository; only one process has it at a time. */
export interface Ownership extends AsyncDisposable {
  /** Throws once another process has taken over: whatever is written after that would be a second writer. */
  checkFence(): Promise<void>;
  /** When the dead owner whose place was taken was last seen alive, epoch milliseconds; absent: there was none. */
  readonly heirOf?: number;
}

/** A lock without a name beside it is being taken right now; older than this, its taker died in between. */
const UNNAMED_MS = 10_000;
const ROUNDS = 100;
const PAUSE_MS = 50;

/** The lock is never taken over by its age: only this file decides who is dead. The heartbeat just keeps it alive. */
const OPTIONS = { realpath: false, stale: 2 ** 40, update: 2_000, retries: 0 };

/**
 * Takes ownership of the repository whose own folder `directory` is (`<commonDir>/sage`). A dead owner (pid, start
 * time and boot checked) is replaced at once, a live one never: `run/owned` names it.
 */
export async function takeOwnership(
  directory: string,
  run: RunId,
  at: string,
): Promise<Result<Ownership>> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'owner');
  let compromised: Error | undefined;
  const onCompromised = (error: Error) => (compromised = error);
  let heirOf: number | undefined;
  for (let round = 0; ; round += 1) {
    try {
      const release = await lockfile.lock(file, { ...OPTIONS, onCompromised });
      const owner: Owner = {
        ...thisProcess(),
        run,
        since: at,
        lock: (await lockName(file)) ?? 'gone',
      };
      const text = `${JSON.stringify(owner)}\n`;
      const draft = `${file}.json.${process.pid}`;
      await writeFile(draft, text);
      await rename(draft, `${file}.json`);
      return success({
        ...(heirOf === undefined ? {} : { heirOf }),
        async checkFence() {
          if (compromised) throw lost(`lost the right to run here: ${compromised.message}`);
          if ((await readFile(`${file}.json`, 'utf8').catch(() => '')) !== text) {
            throw lost('another process took over this run');
          }
        },
        async [Symbol.asyncDispose]() {
          // Where it cannot be taken away, the next start sees that its owner is dead.
          await rm(`${file}.json`, { force: true }).catch(() => undefined);
          await release().catch(() => undefined);
        },
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      const holder = await readOwner(directory);
      if (await isBeingTaken(file, holder)) {
        await pause(PAUSE_MS);
        round -= 1;
        continue;
      }
      if (round >= ROUNDS || !(await isDead(file, holder))) {
        return failed(holder ? ownedBy(holder) : beingTaken(dirname(file)));
      }
      heirOf = (await moveAway(file, directory)) ?? heirOf;
    }
  }
}

/** Not ours to go on: nothing that the other process may be doing is touched. */
const lost = (message: string) =>
  new Refusal(
    [
      {
        code: 'run/owned',
        message: `${message}; this process stopped before it changed anything more`,
        hint: 'look what goes on here (`sage validate` names the owner); `sage resume` goes on when nobody does',
      },
    ],
    1,
  );

/** Names one making of the lock: inodes are used again, moments are not. */
async function lockName(file: string): Promise<string | undefined> {
  const found = await stat(`${file}.lock`).catch(() => undefined);
  return found && `${found.ino}:${found.birthtimeMs}`;
}

/** Whether the lock is so young that its maker may not have come to leaving its name; it does at once, or it died. */
async function isBeingTaken(file: string, holder: Owner | undefined): Promise<boolean> {
  const lock = await lockName(file);
  if (lock === undefined || holder?.lock === lock) return false;
  const found = await stat(`${file}.lock`).catch(() => undefined);
  return found !== undefined && Date.now() - found.birthtimeMs <= UNNAMED_MS;
}

/** Whether the lock as it stands has no living holder. One that is gone meanwhile has none. */
async function isDead(file: string, holder: Owner | undefined): Promise<boolean> {
  const lock = await lockName(file);
  if (lock === undefined) return true;
  if (holder?.lock === lock) return isAlive(holder) === 'dead';
  const found = await stat(`${file}.lock`).catch(() => undefined);
  return found === undefined || Date.now() - found.birthtimeMs > UNNAMED_MS;
}

/**
 * Takes a dead owner's lock out of the way. Only one process does that at a time, and it looks again once it may: two
 * that saw the same dead lock must not move each other's new one. Answers the lock's last heartbeat.
 */
async function moveAway(file: string, directory: string): Promise<number | undefined> {
  const mover = `${file}.mover`;
  try {
    await mkdir(mover);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const found = await stat(mover).catch(() => undefined);
    if (found && Date.now() - found.birthtimeMs > MOVER_MS)
      await rmdir(mover).catch(() => undefined);
    await pause(20);
    return undefined;
  }
  try {
    if (!(await isDead(file, await readOwner(directory)))) return undefined;
    const dead = await stat(`${file}.lock`).catch(() => undefined);
    await rm(`${file}.lock`, { recursive: true, force: true });
    return dead?.mtimeMs;
  } finally {
    await rmdir(mover).catch(() => undefined);
  }
}

const beingTaken = (directory: string): Failure => ({
  code: 'run/owned',
  message: `another sage is just starting in this repository (${directory})`,
  hint: 'try again in a moment',
  retryable: true,
});

/** Why nobody else may run here. */
export function ownedBy(owner: Owner): Failure {
  const elsewhere = isAlive(owner) === 'unknown' ? ` on ${owner.host}` : '';
  return {
    code: 'run/owned',
    message: `run ${owner.run} is going on here: process ${owner.pid}${elsewhere}, since ${owner.since}`,
    hint: `wait for it, or stop it: sage stop, or Ctrl-C in its terminal (or: kill -INT ${owner.pid})`,
    retryable: true,
  };
}
