import { realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { Git } from './git.js';
import type { Repository } from './places.js';

/**
 * The repository whose checkout `cwd` is in: a subfolder and a linked worktree will do. Failures: `git/not-a-repository`,
 * `git/bare` (also inside a `.git` folder), `git/failed` when git itself cannot be run or refuses the folder.
 */
export async function openRepository(git: Git, cwd: string): Promise<Result<Repository>> {
  const there = await stat(cwd).catch(() => undefined);
  if (!there?.isDirectory()) return failed(notHere(cwd, 'there is no such folder'));
  const inside = await git(['rev-parse', '--is-inside-work-tree'], { cwd, okCodes: [0, 128] });
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
  // One question a call: a path may hold line feeds.
  const [top, gitDir, commonDir] = await Promise.all(
    ['--show-toplevel', '--absolute-git-dir', '--git-common-dir'].map((what) =>
      git(['rev-parse', what], { cwd }),
    ),
  );
  if (!top?.ok || !gitDir?.ok || !commonDir?.ok) {
    return failed(notHere(cwd, 'git lost it while it was looked at'));
  }
  const root = top.value.stdout;
  return success({
    git,
    root,
    gitDir: await realpath(gitDir.value.stdout),
    commonDir: await realpath(resolve(cwd, commonDir.value.stdout)),
    name: basename(root),
  });
}

const notHere = (cwd: string, why: string): Failure => ({
  code: 'git/not-a-repository',
  message: `${cwd} is not in a git repository: ${why}.`,
  hint: 'Change into one, or `git init` and make a first commit.',
  where: { file: cwd },
});
