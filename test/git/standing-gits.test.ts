import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { CommitDraft } from '../../lib/git/commit-text.js';
import { createCommit, readCommit } from '../../lib/git/commits.js';
import type { Git } from '../../lib/git/git.js';
import type { Depot } from '../../lib/git/places.js';
import { deleteRefs, listRefs, moveRef, readNames, readRef, setRef } from '../../lib/git/refs.js';
import { changedPaths } from '../../lib/git/changed-paths.js';
import { startChild } from '../land/child.js';
import { createWorld, value, type World } from './world.js';

let world: World;
let depot: Depot;
/** The same repository, with a git of its own for each question. */
let plain: Git;
beforeEach(async () => {
  world = await createWorld();
  ({ depot } = await world.open());
  plain = world.git;
});
afterEach(() => world[Symbol.asyncDispose]());

/** The gits below a process, with their first argument. */
function gitsOf(parent: number): { readonly pid: number; readonly what: string }[] {
  return execFileSync('ps', ['-axo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+git ([\w-]+)/.exec(line))
    .filter((found) => Number(found?.[2]) === parent)
    .map((found) => ({ pid: Number(found?.[1]), what: found?.[3] ?? '' }));
}

const isAlive = (pid: number) => {
  try {
    return !/^\S+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('one git answers many questions, and sees what others have written meanwhile', async () => {
  const { git, path } = depot;
  const head = value(await readCommit(plain, world.repo, 'HEAD'));
  for (const name of ['a', 'b', 'c']) {
    expect(value(await readRef(plain, path, `refs/sage/${name}`))).toBeUndefined();
    value(await setRef(git, path, `refs/sage/${name}`, head.commit));
    expect(value(await readNames(git, path, [`refs/sage/${name}`]))).toEqual([head.commit]);
  }
  await world.write('later', 'x');
  const later = world.commit('later');
  world.sh(`git update-ref refs/sage/a ${later} && git pack-refs --all`, path);
  expect(value(await readNames(git, path, ['refs/sage/a', 'refs/sage/none']))).toEqual([
    later,
    undefined,
  ]);
  expect(value(await moveRef(git, path, 'refs/sage/a', head.commit, later, 'back'))).toBe('moved');
  const changes = value(await changedPaths(git, path, head.commit, later));
  expect(changes.map((change) => change.path)).toEqual(['later']);
  expect(gitsOf(process.pid).map(({ what }) => what)).toEqual(
    expect.arrayContaining(['update-ref', 'cat-file', 'diff-tree']),
  );
});

test('a move that is refused is told as one, and the next one succeeds', async () => {
  const { git, path } = depot;
  const { commit } = value(await readCommit(plain, world.repo, 'HEAD'));
  const ref = 'refs/heads/sage/x';
  expect(value(await moveRef(git, path, ref, commit, undefined, 'made'))).toBe('moved');
  expect(value(await moveRef(git, path, ref, commit, undefined, 'again'))).toEqual({
    stale: commit,
  });
  expect(value(await moveRef(git, path, `${ref}2`, commit, undefined, 'made'))).toBe('moved');
  expect(world.sh(`git reflog show --format=%H ${ref}`, path)).toBe(commit);
});

test('a git that somebody ended is replaced, in the midst of questions', async () => {
  const { git, path } = depot;
  const { commit } = value(await readCommit(plain, world.repo, 'HEAD'));
  value(await setRef(git, path, 'refs/sage/first', commit));
  for (let round = 0; round < 5; round += 1) {
    const asked = Promise.all(
      [1, 2, 3, 4].map((number) => setRef(git, path, `refs/sage/${round}/${number}`, commit)),
    );
    const killed = gitsOf(process.pid).filter(({ what }) => what === 'update-ref');
    for (const { pid } of killed) process.kill(pid, 'SIGKILL');
    for (const set of await asked) expect(value(set)).toBe(commit);
  }
  expect(value(await listRefs(plain, path, 'refs/sage/'))).toHaveLength(21);
  const gone = value(await listRefs(plain, path, 'refs/sage/4/'));
  value(await deleteRefs(git, path, gone));
  expect(value(await listRefs(plain, path, 'refs/sage/4/'))).toEqual([]);
});

test('they end when they are put away', async () => {
  const { git, path } = depot;
  value(await readNames(git, path, ['HEAD']));
  const before = gitsOf(process.pid);
  expect(before).not.toEqual([]);
  await git.standing?.[Symbol.asyncDispose]();
  expect(before.filter(({ pid }) => isAlive(pid))).toEqual([]);
});

test('they end with their owner, however it dies, and do not keep it alive', async () => {
  const program = new URL('./standing-owner.js', import.meta.url);
  const killed = startChild(program, depot.path, 'stay');
  await killed.saying('asked');
  const gits = gitsOf(killed.pid);
  expect(gits).toHaveLength(2);
  await killed.kill();
  while (gits.some(({ pid }) => isAlive(pid))) await new Promise((wake) => setImmediate(wake));

  const leaving = startChild(program, depot.path, 'leave');
  expect(await leaving.finish()).toBe('asked\n');
});

test('a commit is the same object as the one that a git of its own makes', async () => {
  const { git, path } = depot;
  const head = value(await readCommit(plain, world.repo, 'HEAD'));
  const draft: CommitDraft = {
    tree: head.tree,
    parents: [head.commit],
    message: 'x\n',
    author: { name: 'Grace', email: 'grace@example.org' },
    at: '2026-11-21T08:15:00.000Z',
  };
  const drafts: CommitDraft[] = [
    draft,
    { ...draft, parents: [] },
    { ...draft, parents: [head.commit, head.commit] },
    { ...draft, message: '' },
    { ...draft, message: 'no line feed at the end' },
    { ...draft, message: '\n\n  blank first, trailing blanks   \n\n\n' },
    { ...draft, message: 'caf\u00e9 \u{1f600} \ud800 half a pair\n' },
    { ...draft, message: '# not a comment\n\nLand-Id: r/T-1\n' },
    { ...draft, author: { name: 'Dr. J. O\u2019Neil, Jr.', email: 'a b@c' } },
    { ...draft, author: { name: ' "Quoted" <x> ', email: '<me@example.org>' } },
    { ...draft, author: { name: 'Two\nlines', email: 'me@example.org' } },
    { ...draft, author: { name: 'caf\u00e9', email: 'x' }, committer: { name: 'C', email: 'c@d' } },
    { ...draft, authoredAt: '@1763712000 +0130' },
    { ...draft, authoredAt: '2026-11-20T01:02:03-05:00' },
    { ...draft, at: '1970-01-02T00:00:00.000Z' },
    { ...draft, author: { name: '...', email: 'only@dots' } },
    { ...draft, message: 'a NUL \0 in it' },
  ];
  for (const one of drafts) {
    const [quick, slow] = [
      await createCommit(git, path, one),
      await createCommit(plain, path, one),
    ];
    expect({ one, ok: quick.ok }).toEqual({ one, ok: slow.ok });
    if (quick.ok) expect({ one, id: quick.value }).toEqual({ one, id: value(slow) });
  }
});
