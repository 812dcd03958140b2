import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runProgram } from './run-program.js';

/**
 * Gits that stay for long and lock nothing: helpers of passwords and of the file watcher, and readers, of which three of
 * ours stand ready in the depot (standing-gits.ts).
 */
const LOCKLESS =
  /^(credential-cache--daemon|fsmonitor--daemon|daemon|cat-file|diff-tree|log|show|rev-list)$/;
/** Writes objects, which it does not lock. */
const OBJECT_WRITER = 'hash-object';
/** Options before the command that have a word of their own behind them. */
const WITH_WORD = /^(-c|-C|--git-dir|--work-tree|--namespace|--exec-path)$/;

/** Start times are told in hundredths of a second, and a file's in milliseconds. */
const MARGIN_S = 1;
const TICKS_PER_S = 100;

/**
 * Who may hold a lock of a repository, in words: a git that works in it, or whoever has the file open. Nothing: nobody who
 * lives. Where /proc is missing any git counts. Gits in our own repositories below `sage/` lock nothing outside of them, and
 * whoever began after the lock was made does not hold it: who killed a git calls the next one.
 */
export async function holderOf(lock: string): Promise<string | undefined> {
  const processes = await readdir('/proc').catch(() => undefined);
  if (!processes) return withoutProc(lock);
  const repository = repositoryOf(lock);
  const own = `${repository}/sage/`;
  const madeAt = (await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now();
  for (const pid of processes) {
    if (!/^\d+$/.test(pid)) continue;
    if (await hasOpen(pid, lock)) return `process ${pid} has it open`;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (!/^git\b/.test(name)) continue;
    const cwd = await readlink(`/proc/${pid}/cwd`).catch((error: unknown) =>
      // One that ended, waited for or not, holds nothing; one that is another user's may.
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '/',
    );
    if (cwd === undefined || (await holdsNothing(pid, lock)) || (await beganAfter(pid, madeAt)))
      continue;
    const inside = await gitFolderOf(cwd);
    const isHere = inside === undefined || inside.startsWith(repository);
    if (isHere && !`${inside ?? ''}/`.startsWith(own)) return `git (process ${pid}) works there`;
  }
  return undefined;
}

/** The git folder that a lock belongs to: the innermost, which for the depot and the vault is theirs. */
const repositoryOf = (lock: string) =>
  /^.*\/sage\/(?:depot|vault)\.git(?=\/)/.exec(lock)?.[0] ??
  /^.*?\.git(?=\/)/.exec(lock)?.[0] ??
  dirname(lock);

async function withoutProc(lock: string): Promise<string | undefined> {
  const { code, stdout } = await runProgram('ps', ['-axo', 'comm='], { env: {} });
  const names = stdout.toString('utf8').split('\n');
  const isGit = names.some((name) => /(^|\/)git(-[a-z-]+)?$/.test(name.trim()));
  if (code !== 0 || isGit) return 'a git is at work';
  const open = await runProgram('/usr/sbin/lsof', ['-t', '--', lock], { env: {} });
  return open.code === 1 ? undefined : 'a process has it open';
}

async function hasOpen(pid: string, file: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return targets.includes(file);
}

async function holdsNothing(pid: string, lock: string): Promise<boolean> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  let at = 1;
  while (words[at]?.startsWith('-')) at += WITH_WORD.test(words[at] ?? '') ? 2 : 1;
  const command = words[at] ?? '';
  return LOCKLESS.test(command) || (command === OBJECT_WRITER && lock.endsWith('.lock'));
}

/** By how long it has been there, which no change of the clock touches but one since the lock was made. */
async function beganAfter(pid: string, atMs: number): Promise<boolean> {
  const [uptime = '', about = ''] = await Promise.all(
    ['/proc/uptime', `/proc/${pid}/stat`].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  // The second field is a name in parentheses, which may hold anything.
  const began = Number(about.slice(about.lastIndexOf(')') + 2).split(' ')[19]) / TICKS_PER_S;
  const age = Number(uptime.split(' ')[0]) - began;
  return age + MARGIN_S < (Date.now() - atMs) / 1_000;
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
