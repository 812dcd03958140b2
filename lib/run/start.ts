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
  const [args, read] = target === undefined ? HEAD : named(target);
  const answer = await git(args, { cwd: root, okCodes: [0, 128] });
  if (!answer.ok) return answer;
  const start = answer.value.code === 0 ? read(answer.value.stdout) : undefined;
  if (start === undefined) {
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
  return success(start);
}

/** A question to git, and the reader of its answer; undefined: there is no such commit. */
type Question = readonly [args: readonly string[], read: (stdout: string) => Start | undefined];

const HEAD: Question = [
  ['rev-parse', 'HEAD^{commit}', 'HEAD^{tree}', '--symbolic-full-name', 'HEAD'],
  (stdout) => {
    const [commit = '', tree = '', ref = ''] = stdout.split('\n');
    const branch = /^refs\/heads\/(.+)/.exec(ref)?.[1];
    return { commit: oid(commit), tree: oid(tree), ...(branch === undefined ? {} : { branch }) };
  },
];

const named = (branch: string): Question => [
  ['log', '-1', '--format=%H %T', '--end-of-options', `refs/heads/${branch}`],
  (stdout) => {
    const [commit = '', tree = ''] = stdout.split(' ');
    return tree === '' ? undefined : { commit: oid(commit), tree: oid(tree), branch };
  },
];
