import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Repository } from './places.js';

type Places = Omit<Repository, 'git'>;

/**
 * Where the checkout lies that `cwd` is in, found as git finds it (gitrepository-layout, `git rev-parse`) but without
 * starting one, which takes longer than the rest of a call that only looks. Answers the plainest case alone: a `.git`
 * folder that is ours, with a configuration that moves nothing. Undefined: git has to be asked, also which fault it is.
 */
export async function plainCheckout(cwd: string): Promise<Places | undefined> {
  try {
    const start = await realpath(cwd);
    const { dev } = await stat(start);
    for (let root = start; ; root = dirname(root)) {
      // git does not look beyond a file system, nor for a checkout around a repository without one.
      if ((await stat(root)).dev !== dev || (await isThere(join(root, 'HEAD')))) return undefined;
      const gitDir = join(root, '.git');
      if (await isThere(gitDir)) {
        const isPlain = (await isOurs(root, gitDir)) && (await isPlainRepository(gitDir));
        return isPlain ? { root, gitDir, commonDir: gitDir, name: basename(root) } : undefined;
      }
      if (root === dirname(root)) return undefined;
    }
  } catch {
    return undefined;
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    },
  );

/** What belongs to somebody else git takes only when its settings say that it is safe. */
async function isOurs(root: string, gitDir: string): Promise<boolean> {
  const user = process.geteuid?.();
  const [top, folder] = await Promise.all([lstat(root), lstat(gitDir)]);
  return user !== undefined && top.uid === user && folder.uid === user && folder.isDirectory();
}

async function isPlainRepository(gitDir: string): Promise<boolean> {
  const [head, config, objects, refs, isLinked] = await Promise.all([
    readFile(join(gitDir, 'HEAD'), 'utf8'),
    readFile(join(gitDir, 'config'), 'utf8'),
    stat(join(gitDir, 'objects')),
    stat(join(gitDir, 'refs')),
    isThere(join(gitDir, 'commondir')),
  ]);
  const isHead = /^(ref: refs\/\S+|[0-9a-f]{40}|[0-9a-f]{64})\n$/.test(head);
  return isHead && objects.isDirectory() && refs.isDirectory() && !isLinked && isPlain(config);
}

/** Whether every line is of the usual form, and none says where something lies or that there is more to read. */
const isPlain = (config: string): boolean =>
  !/worktree|include|extensions/i.test(config) &&
  config
    .split('\n')
    .every((line) => USUAL.test(line) && (!TELLING.test(line) || TELLS_USUAL.test(line)));

const USUAL = /^\s*([#;].*|\[[a-z0-9.-]+( "[^"\\]*")?\]|[a-z][a-z0-9-]*\s*=[^"\\]*)?$/i;
const TELLING = /^\s*(bare|repositoryformatversion)\b/i;
const TELLS_USUAL = /^\s*(bare = false|repositoryformatversion = 0)$/;
