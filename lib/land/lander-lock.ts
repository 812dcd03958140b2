import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import { isAlive } from '../process/identity.js';
import {
  enterContender,
  forgetDeadContenders,
  readContenders,
  type Contender,
} from './contenders.js';

/** Elects the one process that may land, for the few milliseconds of a compare-and-swap. */
export interface LanderLock {
  /**
   * Waits for the lock, does `work` under it and releases it. `isOurs` turns false when somebody else took the lock
   * meanwhile: start no further effect then and look at the world again. `land/lock-busy` when the wait was in vain.
   */
  hold<T>(work: (isOurs: () => boolean) => Promise<T>): Promise<Result<T>>;
}

export interface LanderLockOptions {
  /** `<commonDir>/sage`; made when it is missing. */
  readonly directory: string;
  /** For the message of those who wait: `run 20261121-…`. */
  readonly holder: string;
  /** How long to wait for a live holder, milliseconds. Default: five minutes. */
  readonly patienceMs?: number;
}

/** A lock whose holder cannot be told (another host, no record yet) is stale after so long without a heartbeat. */
const STALE_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const PATIENCE_MS = 300_000;

/**
 * The lock of a repository's landers, on `directory`/landing. Its holder is named by pid, start time, boot and host:
 * a dead one is replaced at once, a live one never, however long it stands still. It makes no promise about order
 * (the journal keeps that) and is only an optimisation: two holders are harmless, since the compare-and-swap of the
 * branch decides.
 */
export function createLanderLock(options: LanderLockOptions): LanderLock {
  const file = join(options.directory, 'landing');
  return {
    async hold(work) {
      await mkdir(options.directory, { recursive: true });
      const deadline = performance.now() + (options.patienceMs ?? PATIENCE_MS);
      for (;;) {
        const held = await tryToHold(file, options.holder);
        if (held.ok) {
          try {
            return success(await work(held.value.isOurs));
          } finally {
            await held.value.release();
          }
        }
        if (held.failure.code !== 'land/lock-busy' || performance.now() > deadline) return held;
        // Random, so that nobody starves: measured against fixed and growing pauses.
        await pause(100 + Math.random() * 100);
      }
    },
  };
}

interface Held {
  readonly isOurs: () => boolean;
  readonly release: () => Promise<void>;
}

async function tryToHold(file: string, name: string): Promise<Result<Held>> {
  // Looked at first: whoever made this lock and lives has left its name before (see contenders.ts).
  const standing = await lockId(`${file}.lock`);
  if (standing !== undefined) {
    const all = await readContenders(file);
    const holder = all.find(({ lock }) => lock === standing);
    const suspects = holder ? [holder] : all;
    // proper-lockfile would break the lock of a stopped process, going by its heartbeat alone.
    if (suspects.some((one) => isAlive(one) === 'alive')) return failed(busy(file, holder));
    const areDead = suspects.length > 0 && suspects.every((one) => isAlive(one) === 'dead');
    if (areDead) await evict(file, standing);
  }
  const self = await enterContender(file, name);
  let isLost = false;
  let release: () => Promise<void>;
  try {
    release = await lockfile.lock(file, {
      realpath: false,
      stale: STALE_MS,
      update: HEARTBEAT_MS,
      retries: 0,
      // The default throws from a timer and would end the process.
      onCompromised: () => (isLost = true),
    });
  } catch (error) {
    await self.leave();
    const { code, message } = error as NodeJS.ErrnoException;
    return failed(code === 'ELOCKED' ? busy(file, undefined) : notMade(file, message));
  }
  await self.holds((await lockId(`${file}.lock`)) ?? '');
  await forgetDeadContenders(file);
  return success({
    isOurs: () => !isLost,
    async release() {
      // In this order: a name without a lock is harmless, a lock without a name is waited for.
      await release().catch(() => undefined);
      await self.leave();
    },
  });
}

/** Names one making of the lock folder: its inode alone may be given to the next one. */
async function lockId(path: string): Promise<string | undefined> {
  const at = await stat(path, { bigint: true }).catch(() => undefined);
  return at && `${at.dev}:${at.ino}:${at.birthtimeNs}`;
}

/**
 * Moves a dead holder's lock out of the way: the rename has one winner. Should another contender have replaced the
 * lock since it was looked at, that one's is put back.
 */
async function evict(file: string, id: string): Promise<void> {
  const grave = `${file}.lock.${process.pid}`;
  try {
    await rename(`${file}.lock`, grave);
    if ((await lockId(grave)) === id) await rm(grave, { recursive: true, force: true });
    else await rename(grave, `${file}.lock`);
  } catch {
    // Somebody else was faster; the next look tells.
  }
}

function busy(file: string, holder: Contender | undefined): Failure {
  const who = holder
    ? `process ${holder.pid} on ${holder.host} (${holder.name}, since ${holder.since})`
    : 'a process that has not left its name yet';
  return {
    code: 'land/lock-busy',
    message: `the landing lock is held by ${who}`,
    hint: 'it is never broken while its holder lives; wait for that process or end it, then start again',
    retryable: true,
    where: { file: `${file}.lock` },
  };
}

const notMade = (file: string, message: string): Failure => ({
  code: 'git/failed',
  message: `the landing lock ${file}.lock cannot be made: ${message}`,
  where: { file },
});
