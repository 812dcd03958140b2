import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { Oid } from '../../lib/model/ids.js';
import {
  commitsBetween,
  createCommit,
  findLanded,
  isAncestor,
  mergeBase,
  readCommit,
} from '../../lib/git/commits.js';
import { changedPaths } from '../../lib/git/changed-paths.js';
import { editTree, entryAt, readBlob, restoreFolder, writeBlob } from '../../lib/git/trees.js';
import { withStandingGits } from '../../lib/git/standing-gits.js';
import { createWorld, value, type World } from './world.js';

const author = { name: 'Grace', email: 'grace@example.org' };
/** Its git directory in the place of a depot's. */
const depotLike = (world: World) => ({
  git: world.git,
  path: world.sh('git rev-parse --absolute-git-dir', world.repo),
});
const at = '2026-11-21T08:15:00.000Z';

const KINDS = ['a checkout', 'a bare repository', 'a bare repository with standing gits'];

describe.each(KINDS)('commits and trees in %s', (kind) => {
  let world: World;
  let first: { commit: Oid; tree: Oid };
  beforeAll(async () => {
    world = await createWorld();
    await world.write('.sage/tickets/index.json', '{}');
    await world.write('.sage/tickets/caf\u00e9 \n.md', 'x');
    await world.write('src/a.ts', 'a');
    world.commit('second');
    if (kind !== 'a checkout') {
      world.sh('git clone -q --bare . ../bare.git');
      world = { ...world, repo: join(world.root, 'bare.git') };
    }
    if (kind.endsWith('standing gits')) {
      const git = withStandingGits(world.git, world.repo);
      const plain = world;
      const dispose = async () => {
        await git[Symbol.asyncDispose]();
        await plain[Symbol.asyncDispose]();
      };
      world = { ...world, git, [Symbol.asyncDispose]: dispose };
    }
    first = value(await readCommit(world.git, world.repo, 'HEAD'));
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('the same draft makes the same commit', async () => {
    const draft = { tree: first.tree, parents: [first.commit], message: 'x\n', author, at };
    const one = value(await createCommit(world.git, world.repo, draft));
    expect(value(await createCommit(world.git, world.repo, draft))).toBe(one);
    expect(world.sh(`git log -1 --format='%an %ce %aI %cI %s' ${one}`, world.repo)).toBe(
      'Grace grace@example.org 2026-11-21T08:15:00+00:00 2026-11-21T08:15:00+00:00 x',
    );
  });

  test('a commit that is not there is a failure', async () => {
    expect((await readCommit(world.git, world.repo, 'nonsense')).ok).toBe(false);
  });

  test('landed work is found by its trailer alone', async () => {
    const { git, repo } = world;
    const message = 'feat: it\n\nBody\n\nCloses: #T-1\nLand-Id: run/T-1\n';
    const draft = { tree: first.tree, parents: [first.commit], message, author, at };
    const landed = value(await createCommit(git, repo, draft));
    expect(value(await findLanded(git, repo, 'run/T-1', landed, first.commit))).toBe(landed);
    expect(value(await findLanded(git, repo, 'run/T-1', landed))).toBe(landed);
    expect(value(await findLanded(git, repo, 'run/T-11', landed))).toBeUndefined();
    expect(value(await findLanded(git, repo, 'run/T-1', first.commit))).toBeUndefined();
    expect(value(await commitsBetween(git, repo, first.commit, landed))).toEqual([landed]);
    expect(value(await isAncestor(git, repo, first.commit, landed))).toBe(true);
    expect(value(await isAncestor(git, repo, landed, first.commit))).toBe(false);
    expect(value(await mergeBase(git, repo, landed, first.commit))).toBe(first.commit);
  });

  test('unrelated histories have no base in common', async () => {
    const draft = { tree: first.tree, parents: [], message: 'root', author, at };
    const root = value(await createCommit(world.git, world.repo, draft));
    expect(value(await mergeBase(world.git, world.repo, root, first.commit))).toBeUndefined();
  });

  test('a tree is edited: a file put, replaced, made executable, taken away', async () => {
    const { git, repo } = world;
    const blob = value(await writeBlob(git, repo, Buffer.from([0, 255, 10])));
    const tree = value(
      await editTree(depotLike(world), first.tree, [
        { path: 'new/deep/x y', mode: '100755', blob },
        { path: 'src/a.ts', remove: true },
      ]),
    );
    expect(value(await readBlob(git, repo, tree, 'new/deep/x y'))).toEqual(
      Buffer.from([0, 255, 10]),
    );
    expect(value(await readBlob(git, repo, tree, 'src/a.ts'))).toBeUndefined();
    expect(value(await entryAt(git, repo, tree, 'src'))).toBeUndefined();
    const changes = value(await changedPaths(git, repo, first.tree, tree));
    expect(changes.map(({ status, path, newMode }) => `${status} ${newMode} ${path}`)).toEqual([
      'A 100755 new/deep/x y',
      'D 000000 src/a.ts',
    ]);
    expect(value(await changedPaths(git, repo, first.tree, tree, 'new'))).toHaveLength(1);
  });

  test('002-4.8 a folder is put back exactly as it was, strange names included', async () => {
    const { git, repo } = world;
    const blob = value(await writeBlob(git, repo, 'changed'));
    const bent = value(
      await editTree(depotLike(world), first.tree, [
        { path: '.sage/tickets/index.json', mode: '100644', blob },
        { path: '.sage/tickets/caf\u00e9 \n.md', remove: true },
        { path: '.sage/tickets/more', mode: '100644', blob },
        { path: 'kept', mode: '100644', blob },
      ]),
    );
    const restored = value(
      await restoreFolder(depotLike(world), bent, first.tree, '.sage/tickets'),
    );
    const changes = value(await changedPaths(git, repo, first.tree, restored));
    expect(changes.map(({ path }) => path)).toEqual(['kept']);
  });

  test('a folder that was not there before is taken away', async () => {
    const { git, repo } = world;
    const blob = value(await writeBlob(git, repo, 'x'));
    const none = value(
      await editTree(depotLike(world), first.tree, [
        { path: '.sage/tickets/index.json', remove: true },
        { path: '.sage/tickets/caf\u00e9 \n.md', remove: true },
      ]),
    );
    const put = value(
      await editTree(depotLike(world), none, [{ path: '.sage/tickets', mode: '100644', blob }]),
    );
    expect(value(await restoreFolder(depotLike(world), put, none, '.sage/tickets'))).toBe(none);
    expect(value(await restoreFolder(depotLike(world), first.tree, none, '.sage/tickets'))).toBe(
      none,
    );
  });
});
