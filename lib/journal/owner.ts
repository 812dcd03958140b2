import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import lockfile from 'proper-lockfile';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { RunId } from '../model/ids.js';
import { isAlive, thisProcess } from '../process/identity.js';
import { readOwner, type Owner } from './read-owner.js';

/** The right to run in a repository; only one process has it at a time. */
export interface Ownership extends AsyncDisposable {
  /** Throws once another process has taken over: whatever is written after that would be a second writer. */
  checkFence(): Promise<void>;
}

const STALE_MS = 10_000;
const UPDATE_MS = 2_000;

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
  const options = {
    realpath: false,
    stale: STALE_MS,
    update: UPDATE_MS,
    retries: 0,
    onCompromised: (error: Error) => (compromised = error),
  };
  for (let round = 0; ; round += 1) {
    try {
      const release = await lockfile.lock(file, options);
      const owner: Owner = { ...thisProcess(), run, since: at };
      const text = `${JSON.stringify(owner)}\n`;
      await writeFile(`${file}.json.new`, text);
      await rename(`${file}.json.new`, `${file}.json`);
      return success({
        async checkFence() {
          if (compromised) throw new Error(`lost the right to run here: ${compromised.message}`);
          if ((await readFile(`${file}.json`, 'utf8').catch(() => '')) !== text) {
            throw new Error('another process took over this run');
          }
        },
        async [Symbol.asyncDispose]() {
          await rm(`${file}.json`, { force: true });
          await release().catch(() => undefined);
        },
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      const lock = await stat(`${file}.lock`).catch(() => undefined);
      const holder = await readOwner(directory);
      const isDead = holder
        ? isAlive(holder) === 'dead'
        : lock !== undefined && Date.now() - lock.mtimeMs > STALE_MS;
      if (round < 3 && (!lock || (isDead && (await evict(file, lock.ino))))) continue;
      return failed(owned(holder, dirname(file)));
    }
  }
}

/**
 * Moves the lock of a dead owner out of the way. Should another contender have replaced it since it was looked at
 * (its inode tells), that lock is put back.
 */
async function evict(file: string, inode: number): Promise<boolean> {
  const grave = `${file}.lock.${process.pid}`;
  try {
    await rename(`${file}.lock`, grave);
    if ((await stat(grave)).ino !== inode) {
      await rename(grave, `${file}.lock`);
      return false;
    }
    await rm(grave, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

function owned(owner: Owner | undefined, directory: string): Failure {
  if (!owner) {
    return {
      code: 'run/owned',
      message: `another sage is just starting in this repository (${directory})`,
      hint: 'try again in a moment',
      retryable: true,
    };
  }
  const elsewhere = isAlive(owner) === 'unknown' ? ` on ${owner.host}` : '';
  return {
    code: 'run/owned',
    message: `run ${owner.run} is going on here: process ${owner.pid}${elsewhere}, since ${owner.since}`,
    hint: `wait for it, or stop it with Ctrl-C in its terminal (or: kill -INT ${owner.pid})`,
    retryable: true,
  };
}
