import { failed, success, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { Git } from './git.js';
import { commitText, type CommitDraft } from './commit-text.js';
import type { CommitTree } from './places.js';
import { standingIn } from './standing-gits.js';

/** Makes a commit without a checkout. Nothing refers to it yet: give it a ref before anything else. */
export async function createCommit(
  git: Git,
  cwd: string,
  draft: CommitDraft,
): Promise<Result<Oid>> {
  const standing = standingIn(git, cwd);
  const text = standing && commitText(draft);
  const stored = text === undefined ? undefined : await standing?.storeCommit(text);
  if (stored !== undefined) return success(stored);
  const committer = draft.committer ?? draft.author;
  const made = await git(
    ['commit-tree', draft.tree, ...draft.parents.flatMap((parent) => ['-p', parent]), '-F', '-'],
    {
      cwd,
      input: draft.message,
      env: {
        GIT_AUTHOR_NAME: draft.author.name,
        GIT_AUTHOR_EMAIL: draft.author.email,
        GIT_AUTHOR_DATE: draft.authoredAt ?? utcSeconds(draft.at),
        GIT_COMMITTER_NAME: committer.name,
        GIT_COMMITTER_EMAIL: committer.email,
        GIT_COMMITTER_DATE: utcSeconds(draft.at),
      },
    },
  );
  return made.ok ? success(oid(made.value.stdout)) : made;
}

const utcSeconds = (iso: string) => `@${Math.floor(Date.parse(iso) / 1_000)} +0000`;

/** A commit (by id or any other name) with its tree; a failure when there is none. */
export async function readCommit(git: Git, cwd: string, name: string): Promise<Result<CommitTree>> {
  const answer = await git(['log', '-1', '--format=%H %T', '--end-of-options', name], { cwd });
  if (!answer.ok) return answer;
  const [commit, tree] = answer.value.stdout.split(' ');
  return commit && tree
    ? success({ commit: oid(commit), tree: oid(tree) })
    : failed({ code: 'git/failed', message: `git knows no commit ${name}`, where: { file: cwd } });
}

/** Whether `older` is `newer` or one of its ancestors. */
export async function isAncestor(
  git: Git,
  cwd: string,
  older: Oid,
  newer: Oid,
): Promise<Result<boolean>> {
  if (older === newer) return success(true);
  const args = ['merge-base', '--is-ancestor', older, newer];
  const answer = await git(args, { cwd, okCodes: [0, 1] });
  return answer.ok ? success(answer.value.code === 0) : answer;
}

/** {@link isAncestor}, and no where git cannot tell: one of the two may not be here. */
export async function isKnownAncestor(git: Git, cwd: string, older: Oid, newer: Oid) {
  const answer = await isAncestor(git, cwd, older, newer);
  return answer.ok && answer.value;
}

/** The best common ancestor; undefined: the histories have nothing in common. */
export async function mergeBase(
  git: Git,
  cwd: string,
  one: Oid,
  other: Oid,
): Promise<Result<Oid | undefined>> {
  const answer = await git(['merge-base', one, other], { cwd, okCodes: [0, 1] });
  if (!answer.ok) return answer;
  return success(answer.value.code === 0 ? oid(answer.value.stdout) : undefined);
}

/** The commits of `newer` that `older` does not have, oldest first, along first parents. */
export async function commitsBetween(
  git: Git,
  cwd: string,
  older: Oid,
  newer: Oid,
): Promise<Result<Oid[]>> {
  const args = ['rev-list', '--first-parent', '--reverse', newer, `^${older}`];
  const answer = await git(args, { cwd });
  if (!answer.ok) return answer;
  return success(
    answer.value.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map(oid),
  );
}

/**
 * The commit that landed as `landId` (its `Land-Id` trailer) among those of `newer` that `older` lacks; undefined:
 * none. Without `older` the whole history is searched.
 */
export async function findLanded(
  git: Git,
  cwd: string,
  landId: string,
  newer: Oid,
  older?: Oid,
): Promise<Result<Oid | undefined>> {
  const answer = await git(
    [
      'log',
      '-z',
      '--format=%H %(trailers:key=Land-Id,valueonly,separator=%x20)',
      newer,
      ...(older === undefined ? [] : [`^${older}`]),
    ],
    { cwd },
  );
  if (!answer.ok) return answer;
  const found = answer.value.stdout
    .split('\0')
    .map((line) => line.trim().split(' '))
    .find(([, ...ids]) => ids.includes(landId));
  return success(found?.[0] === undefined ? undefined : oid(found[0]));
}
