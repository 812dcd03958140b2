import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Repository } from '../git/places.js';
import { unfinishedOperation } from '../git/unfinished-operation.js';

/** One working tree of the user's repository. */
export interface Checkout {
  readonly path: string;
  readonly gitDir: string;
  /** The branch that HEAD names; absent: detached. */
  readonly branch?: string;
  /** What the user is in the middle of: `a merge`, `a rebase`, … */
  readonly busy?: string;
  /** Branches that must not be moved behind its back: HEAD's, and that of a rebase or bisect. */
  readonly uses: readonly string[];
}

/**
 * All checkouts of the repository, read from its files: the main one first, then the linked ones, also those whose
 * folder cannot be reached at the moment.
 */
export async function findCheckouts(repository: Repository): Promise<readonly Checkout[]> {
  const { commonDir } = repository;
  const linked = join(commonDir, 'worktrees');
  const names = await readdir(linked).catch(() => []);
  const isBare = await isBareRepository(repository);
  return Promise.all([
    ...(isBare ? [] : [readCheckout(commonDir, mainPath(repository))]),
    ...names.sort().map(async (name) => {
      const gitDir = join(linked, name);
      const link = (await textOf(join(gitDir, 'gitdir'))) ?? gitDir;
      // Newer gits may write it relative to the git directory.
      return readCheckout(gitDir, dirname(resolve(gitDir, link)));
    }),
  ]);
}

/** The checkout that sage was called in. */
export const ownCheckout = (repository: Repository) =>
  readCheckout(repository.gitDir, repository.root);

async function readCheckout(gitDir: string, path: string): Promise<Checkout> {
  const head = (await textOf(join(gitDir, 'HEAD'))) ?? '';
  const branch = branchOf(/^ref: (.*)$/.exec(head)?.[1]);
  const [rebasing, applying, bisecting] = await Promise.all([
    textOf(join(gitDir, 'rebase-merge', 'head-name')),
    textOf(join(gitDir, 'rebase-apply', 'head-name')),
    textOf(join(gitDir, 'BISECT_START')),
  ]);
  const uses = [branch, branchOf(rebasing), branchOf(applying), branchOf(bisecting) ?? bisecting];
  const busy = await unfinishedOperation(gitDir);
  return {
    path,
    gitDir,
    ...(branch === undefined ? {} : { branch }),
    ...(busy === undefined ? {} : { busy }),
    uses: uses.filter((one) => one !== undefined),
  };
}

async function isBareRepository({ git, commonDir }: Repository): Promise<boolean> {
  const answer = await git(['config', '--bool', '--default=false', 'core.bare'], {
    cwd: commonDir,
  });
  return answer.ok && answer.value.stdout === 'true';
}

const mainPath = ({ root, gitDir, commonDir }: Repository) =>
  gitDir === commonDir ? root : dirname(commonDir);

const branchOf = (ref: string | undefined) => /^refs\/heads\/(.+)$/.exec(ref ?? '')?.[1];

const textOf = (file: string) =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
