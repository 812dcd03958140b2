import type { Repository } from '../git/places.js';
import { failed, success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';

/** Where a run starts from and delivers to. */
export interface Start {
  readonly commit: Oid;
  readonly tree: Oid;
  /** Branch name without refs/heads/; absent: HEAD is detached and no target was named. */
  readonly branch?: string;
}

/** The target branch, else the current one; `git/no-commit` for a branch that has none yet. */
export async function findStart(
  repository: Repository,
  target: string | undefined,
): Promise<Result<Start>> {
  const { git, root } = repository;
  const named = target === undefined ? 'HEAD' : `refs/heads/${target}`;
  const [commit, head] = await Promise.all([
    git(['log', '-1', '--format=%H %T', '--end-of-options', named], {
      cwd: root,
      okCodes: [0, 128],
    }),
    target === undefined
      ? git(['symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd: root, okCodes: [0, 1] })
      : undefined,
  ]);
  if (!commit.ok) return commit;
  const [hash = '', tree = ''] = commit.value.stdout.split(' ');
  if (commit.value.code !== 0 || tree === '') {
    return failed({
      code: 'git/no-commit',
      message:
        target === undefined
          ? 'the current branch has no commit yet, so there is nothing to start from'
          : `there is no branch ${target} with a commit here`,
      hint:
        target === undefined
          ? 'make a first commit, then start again'
          : '`git branch` lists the branches; --target takes one of them',
    });
  }
  const branch = target ?? (head?.ok && head.value.code === 0 ? head.value.stdout : undefined);
  return success({ commit: oid(hash), tree: oid(tree), ...(branch ? { branch } : {}) });
}
