import { readdir, readFile, readlink, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runProgram } from './run-program.js';

/** Younger lock files are never touched. */
const SETTLED_MS = 10_000;

/**
 * git's complaint about a lock file, looked into. `none`: it complained about something else. `held`: somebody may
 * hold it, wait. `removed`: it was older than 10 s and no git that could hold it is alive, so it is gone now: a killed
 * `git update-ref` leaves one behind in about one of seven cases, and every later update fails until it is removed.
 */
export async function lockInTheWay(complaint: string): Promise<'none' | 'held' | 'removed'> {
  const path = /[Uu]nable to create '(.+\.lock)': File exists/.exec(complaint)?.[1];
  return path === undefined ? 'none' : healLock(path);
}

/** The rule of {@link lockInTheWay} for one lock file. One that is not there counts as removed. */
export async function healLock(path: string, settledMs = SETTLED_MS): Promise<'held' | 'removed'> {
  const before = await stat(path).catch(() => undefined);
  if (!before) return 'removed';
  if (Date.now() - before.mtimeMs < settledMs || (await isGitAlive(path))) return 'held';
  const after = await stat(path).catch(() => undefined);
  if (after?.ino === before.ino && after.mtimeMs === before.mtimeMs) {
    await unlink(path).catch(() => undefined);
  }
  return 'removed';
}

/** Whether a git is alive that may hold the lock: one that works in its repository, or, without /proc, any. */
async function isGitAlive(lock: string): Promise<boolean> {
  const processes = await readdir('/proc').catch(() => undefined);
  if (!processes) {
    const { code, stdout } = await runProgram('ps', ['-axo', 'comm='], { env: {} });
    const names = stdout.toString('utf8').split('\n');
    return code !== 0 || names.some((name) => /(^|\/)git(-[a-z-]+)?$/.test(name.trim()));
  }
  const repository = /^.*?\.git(?=\/)/.exec(lock)?.[0] ?? dirname(lock);
  for (const pid of processes) {
    if (!/^\d+$/.test(pid)) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (!/^git\b/.test(name)) continue;
    const cwd = await readlink(`/proc/${pid}/cwd`).catch((error: unknown) =>
      // One that ended, waited for or not, holds nothing; one that is another user's may.
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '/',
    );
    if (cwd === undefined) continue;
    const inside = await gitFolderOf(cwd);
    if (inside === undefined || inside.startsWith(repository)) return true;
  }
  return false;
}

/** The git folder that a working folder belongs to; undefined: it cannot be told, so be careful. */
async function gitFolderOf(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const dot = await stat(`${at}/.git`).catch(() => undefined);
    if (dot?.isDirectory()) return `${at}/.git`;
    if (dot) {
      const link = await readFile(`${at}/.git`, 'utf8').catch(() => undefined);
      return link?.replace(/^gitdir: /, '').trim();
    }
    if ((await stat(`${at}/HEAD`).catch(() => undefined)) && at.includes('.git')) return at;
    if (at === '/' || at === '.') return undefined;
  }
}
