import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDepot, pinBase, restoreDepot, unpinBases } from '../../lib/git/depot.js';
import { readRef } from '../../lib/git/refs.js';
import { openRepository } from '../../lib/git/repository.js';
import { createWorld, value } from './world.js';

describe('the depot', () => {
  test('is made once, lends the objects, and shows the branches that agents ask for', async () => {
    await using world = await createWorld('Ünïcode "häus" mit Leer');
    world.sh('git update-ref refs/remotes/origin/main HEAD && git checkout -q -b feature/x');
    const { depot } = await world.open();
    const head = world.sh('git rev-parse HEAD');
    expect(world.sh('git rev-parse main feature/x origin/main', depot.path)).toBe(
      [head, head, head].join('\n'),
    );
    // The one object is the empty file that stands in the way of a stash.
    expect(world.sh('git count-objects', depot.path)).toMatch(/^1 objects/);
    await writeFile(join(depot.path, 'sage-mark'), '');
    await world.open();
    expect(existsSync(join(depot.path, 'sage-mark'))).toBe(true);
    expect(world.sh('ls .git/sage')).toBe('depot.git\nvault.git');
  });

  test('follows the branches that the user moves and deletes, but never its own', async () => {
    await using world = await createWorld();
    world.sh('git update-ref refs/remotes/origin/old HEAD');
    const { depot } = await world.open();
    world.sh('git update-ref refs/heads/sage/run main', depot.path);
    await world.write('b', 'b');
    const next = world.commit('second');
    world.sh('git update-ref -d refs/remotes/origin/old');
    await world.open();
    expect(value(await readRef(world.git, depot.path, 'refs/heads/main'))).toBe(next);
    expect(value(await readRef(world.git, depot.path, 'refs/remotes/origin/old'))).toBeUndefined();
    expect(value(await readRef(world.git, depot.path, 'refs/heads/sage/run'))).not.toBe(next);
  });

  test('has no remote, so that nothing can be pushed by name', async () => {
    await using world = await createWorld();
    world.sh('git remote add origin /nowhere');
    const { depot } = await world.open();
    expect(world.sh('git remote', depot.path)).toBe('');
    expect(() => world.sh('git push origin main 2>&1', depot.path)).toThrow();
  });

  test('takes over what decides how files look, and nothing that runs', async () => {
    await using world = await createWorld();
    world.sh(
      `git config core.autocrlf input; git config filter.a.clean 'tr a-z "A-Z"'; git config core.hooksPath evil
       git config merge.x.driver 'touch /evil'; git config alias.x '!evil'; echo '*.log' > .git/info/exclude`,
    );
    const { depot } = await world.open();
    expect(world.sh('git config core.autocrlf; git config filter.a.clean', depot.path)).toBe(
      'input\ntr a-z "A-Z"',
    );
    expect(world.sh('git config --list --local', depot.path)).not.toMatch(/evil/);
    expect(await readFile(join(depot.path, 'info/exclude'), 'utf8')).toBe('*.log\n');
  });

  test('is put right when an agent bent it', async () => {
    await using world = await createWorld();
    const { depot } = await world.open();
    expect(value(await restoreDepot(depot))).toEqual([]);
    world.sh(
      `git config core.hooksPath /evil; git config extensions.preciousObjects false; mkdir hooks
       echo '#!/bin/sh' > hooks/pre-commit; echo '* text=auto' > info/attributes; : > objects/info/alternates`,
      depot.path,
    );
    expect([...value(await restoreDepot(depot))].sort()).toEqual([
      'config',
      'hooks',
      'info/attributes',
      'objects/info/alternates',
    ]);
    expect(world.sh('git rev-parse main^{tree}', depot.path)).toBe(
      world.sh('git rev-parse main^{tree}'),
    );
    expect(existsSync(join(depot.path, 'hooks'))).toBe(false);
  });

  test('a pinned base outlives an amend and a gc of the user', async () => {
    await using world = await createWorld();
    const { repository, depot } = await world.open();
    const base = value(await readRef(world.git, world.repo, 'HEAD'))!;
    value(await pinBase(repository, base));
    const amendAndCollect =
      'git commit -q --amend -m other && git reflog expire --expire=now --all && git gc -q --prune=now';
    world.sh(amendAndCollect);
    expect(world.sh(`git cat-file -t ${base}`, depot.path)).toBe('commit');
    expect(value(await unpinBases(repository, [base]))).toEqual([]);
    expect(value(await unpinBases(repository, []))).toEqual([base]);
  });

  test('works in a repository with sha256 ids', async () => {
    await using world = await createWorld('repo', 'git init -q -b main --object-format=sha256');
    const { depot } = await world.open();
    expect(world.sh('git rev-parse main', depot.path)).toHaveLength(64);
  });

  test('a shallow clone stays shallow in it', async () => {
    await using world = await createWorld();
    await world.write('b', 'b');
    world.commit('second');
    world.sh('git clone -q --depth 1 "file://$PWD" ../shallow');
    const repository = value(await openRepository(world.git, join(world.root, 'shallow')));
    const depot = value(await openDepot(repository));
    expect(world.sh('git rev-list --count main', depot.path)).toBe('1');
  });

  test('a partial clone fetches what is missing through it, and cannot push', async () => {
    await using world = await createWorld();
    world.sh('git config uploadpack.allowFilter true');
    world.sh('git clone -q --no-checkout --filter=blob:none "file://$PWD" ../partial');
    const repository = value(await openRepository(world.git, join(world.root, 'partial')));
    const depot = value(await openDepot(repository));
    expect(world.sh('git cat-file blob main:README.md', depot.path)).toBe('one\ntwo\nthree');
    expect(() => world.sh('git push origin main:evil', depot.path)).toThrow();
    expect(world.sh('git branch --list evil')).toBe('');
  });

  test('that cannot be written is a failure in plain words', async () => {
    await using world = await createWorld();
    await writeFile(join(world.repo, '.git/sage'), 'a file');
    const repository = value(await openRepository(world.git, world.repo));
    const opened = await openDepot(repository);
    expect(opened.ok || opened.failure.message).toMatch(/cannot be made/);
  });
});
