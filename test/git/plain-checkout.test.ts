import { describe, expect, test } from '@jest/globals';
import { appendFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainCheckout } from '../../lib/git/plain-checkout.js';
import { openRepository } from '../../lib/git/repository.js';
import { createWorld, value, type World } from './world.js';

describe('finding a checkout without git', () => {
  test.each(['', 'a/b', '.gitignored', 'häus "mit"\nZeile'])(
    'from %j below its top it is the one that git finds',
    async (below) => {
      await using world = await createWorld();
      const cwd = join(world.repo, below);
      await mkdir(cwd, { recursive: true });
      const { git, ...places } = value(await openRepository(world.git, cwd));
      expect(git).toBe(world.git);
      expect(await plainCheckout(cwd)).toEqual(places);
    },
  );

  test('through a link it is the one that the folder really lies in', async () => {
    await using world = await createWorld();
    await mkdir(join(world.repo, 'a'));
    await symlink(join(world.repo, 'a'), join(world.root, 'link'));
    const found = await plainCheckout(join(world.root, 'link'));
    expect(found).toMatchObject({ root: world.repo, commonDir: join(world.repo, '.git') });
  });

  test('remotes, branches and comments in its configuration leave it plain', async () => {
    await using world = await createWorld();
    world.sh(
      'git remote add origin https://example.org/a.git && git config branch.main.merge refs/heads/main',
    );
    await appendFile(
      join(world.repo, '.git/config'),
      '# mine\n; too\n\n[alias]\n\tst = status -s\n',
    );
    expect(await plainCheckout(world.repo)).toMatchObject({ root: world.repo });
  });

  const config = (text: string) => (world: World) =>
    appendFile(join(world.repo, '.git/config'), text);
  const sh = (command: string) => (world: World) => Promise.resolve(world.sh(command));
  test.each<[string, (world: World) => Promise<unknown>]>([
    ['another working tree', sh('git config core.worktree ..')],
    ['none at all', sh('git config core.bare true')],
    ['none at all, said on one line', config('[core] bare = true\n')],
    ['an extension', sh('git config extensions.worktreeConfig true')],
    ['a later format', config('[core]\n\trepositoryformatversion = 1\n')],
    ['another file to read', config('[include]\n\tpath = more\n')],
    ['a value that goes on', config('[core]\n\tx = 1\\\n\tbare = true\n')],
    ['a line that git cannot read', config('nonsense?\n')],
  ])('git is asked where the configuration says %s', async (_what, change) => {
    await using world = await createWorld();
    expect(await plainCheckout(world.repo)).toBeDefined();
    await change(world);
    expect(await plainCheckout(world.repo)).toBeUndefined();
  });

  test.each<[string, (world: World) => Promise<unknown>, string]>([
    ['in a linked worktree', sh('git worktree add -q ../linked'), '../linked'],
    ['inside .git', sh('true'), '.git/objects'],
    ['in a bare repository', sh('git init -q --bare bare'), 'bare'],
    ['below a bare repository', sh('git init -q --bare bare'), 'bare/refs'],
    ['below a .git folder that is no repository', sh('mkdir -p inner/.git'), 'inner'],
    ['below a .git that is a link', sh('mkdir inner && ln -s ../.git inner/.git'), 'inner'],
    ['outside of any repository', sh('true'), '..'],
    ['nowhere', sh('true'), 'missing'],
    ['without HEAD', (world) => rm(join(world.repo, '.git/HEAD')), ''],
    ['with nonsense for a HEAD', (world) => writeFile(join(world.repo, '.git/HEAD'), 'x\n'), ''],
    [
      'without objects',
      (world) => rename(join(world.repo, '.git/objects'), join(world.root, 'o')),
      '',
    ],
  ])('git is asked %s', async (_where, change, below) => {
    await using world = await createWorld();
    await change(world);
    expect(await plainCheckout(join(world.repo, below))).toBeUndefined();
  });

  test('git is asked by somebody whose it is not', async () => {
    await using world = await createWorld();
    const { geteuid } = process;
    process.geteuid = () => geteuid!() + 1;
    try {
      expect(await plainCheckout(world.repo)).toBeUndefined();
    } finally {
      process.geteuid = geteuid!;
    }
    expect(await plainCheckout(world.repo)).toBeDefined();
  });
});
