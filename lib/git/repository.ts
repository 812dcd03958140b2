import { realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { Git } from './git.js';
import type { Repository } from './places.js';

const INSIDE = '--is-inside-work-tree';
const WHERE = ['--show-toplevel', '--absolute-git-dir', '--git-common-dir'] as const;

/**
 * The repository whose checkout `cwd` is in: a subfolder and a linked worktree will do. Failures: `git/not-a-repository`,
 * `git/bare` (also inside a `.git` folder), `git/failed` when git itself cannot be run or refuses the folder.
 */
export async function openRepository(git: Git, cwd: string): Promise<Result<Repository>> {
  const all = await git(['rev-parse', INSIDE, ...WHERE], { cwd, okCodes: [0, 128] });
  if (!all.ok) {
    const there = await stat(cwd).catch(() => undefined);
    return there?.isDirectory() ? all : failed(notHere(cwd, 'there is no such folder'));
  }
  const [isInside, ...places] = all.value.stdout.split('\n');
  // More lines: a path holds a line feed.
  const isPlain = all.value.code === 0 && isInside === 'true' && places.length === WHERE.length;
  return isPlain ? asRepository(git, cwd, places) : askOneByOne(git, cwd);
}

/** Which fault it is, or the places of paths that hold line feeds: one question a call. */
async function askOneByOne(git: Git, cwd: string): Promise<Result<Repository>> {
  const inside = await git(['rev-parse', INSIDE], { cwd, okCodes: [0, 128] });
  if (!inside.ok) return inside;
  if (inside.value.code !== 0) {
    return /not a git repository/.test(inside.value.stderr)
      ? failed(notHere(cwd, 'neither it nor a folder above it is one'))
      : failed({ code: 'git/failed', message: inside.value.stderr, where: { file: cwd } });
  }
  if (inside.value.stdout !== 'true') {
    return failed({
      code: 'git/bare',
      message: `${cwd} belongs to a repository but not to a working tree of it.`,
      hint: 'Run sage in a clone or worktree with files.',
      where: { file: cwd },
    });
  }
  const places: string[] = [];
  for (const what of WHERE) {
    const place = await git(['rev-parse', what], { cwd });
    if (!place.ok) return failed(notHere(cwd, 'git lost it while it was looked at'));
    places.push(place.value.stdout);
  }
  return asRepository(git, cwd, places);
}

async function asRepository(
  git: Git,
  cwd: string,
  [root = '', gitDir = '', commonDir = '']: readonly string[],
): Promise<Result<Repository>> {
  return success({
    git,
    root,
    gitDir: await realpath(gitDir),
    commonDir: await realpath(resolve(cwd, commonDir)),
    name: basename(root),
  });
}

const notHere = (cwd: string, why: string): Failure => ({
  code: 'git/not-a-repository',
  message: `${cwd} is not in a git repository: ${why}.`,
  hint: 'Change into one, or `git init` and make a first commit.',
  where: { file: cwd },
});
