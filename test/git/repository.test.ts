import { describe, expect, test } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGit } from '../../lib/git/git.js';
import { openRepository } from '../../lib/git/repository.js';
import { createWorld, value } from './world.js';

describe('opening a repository', () => {
  test('a subfolder and a linked worktree lead to it, whatever the folders are called', async () => {
    await using world = await createWorld('häus mit\nZeile');
    await mkdir(join(world.repo, 'a/b'), { recursive: true });
    world.sh('git worktree add -q ../linked');
    const fromBelow = value(await openRepository(world.git, join(world.repo, 'a/b')));
    expect(fromBelow.root).toBe(world.repo);
    expect(fromBelow.commonDir).toBe(join(world.repo, '.git'));
    expect(fromBelow.name).toBe('häus mit\nZeile');
    const linked = value(await openRepository(world.git, join(world.root, 'linked')));
    expect(linked.commonDir).toBe(join(world.repo, '.git'));
    expect(linked.gitDir).toBe(join(world.repo, '.git/worktrees/linked'));
    expect(linked.root).toBe(join(world.root, 'linked'));
  });

  test('a bare repository, a .git folder, no repository and no folder are told apart', async () => {
    await using world = await createWorld();
    world.sh('git init -q --bare ../bare.git');
    const code = async (path: string) => {
      const opened = await openRepository(world.git, path);
      return opened.ok ? 'opened' : opened.failure.code;
    };
    expect(await code(join(world.root, 'bare.git'))).toBe('git/bare');
    expect(await code(join(world.repo, '.git'))).toBe('git/bare');
    expect(await code(world.root)).toBe('git/not-a-repository');
    expect(await code(join(world.root, 'nowhere'))).toBe('git/not-a-repository');
  });

  test("the caller's own git variables do not lead elsewhere", async () => {
    await using world = await createWorld();
    const git = createGit({ ...world.environment, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/x' });
    expect((await openRepository(git, world.repo)).ok).toBe(true);
  });

  test('git that cannot be started is a failure, not an exception', async () => {
    await using world = await createWorld();
    const opened = await openRepository(createGit({ PATH: '/nowhere' }), world.repo);
    expect(opened).toMatchObject({ ok: false, failure: { code: 'git/failed' } });
  });
});
