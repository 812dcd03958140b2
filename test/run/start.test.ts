import { describe, expect, test } from '@jest/globals';
import { findStart } from '../../lib/run/start.js';
import { createWorld, value } from '../git/world.js';

describe('where a run starts from', () => {
  test('the commit, the tree and the branch of HEAD, whatever else is called like the branch', async () => {
    await using world = await createWorld();
    world.sh('git checkout -q -b häuser/neu && git tag häuser/neu && touch "HEAD^{commit}"');
    const { repository } = await world.open();
    const start = value(await findStart(repository, undefined));
    expect(start).toEqual({
      commit: world.sh('git rev-parse HEAD').trim(),
      tree: world.sh('git log -1 --format=%T').trim(),
      branch: 'häuser/neu',
    });
    expect(value(await findStart(repository, 'häuser/neu'))).toEqual(start);
  });

  test('a detached HEAD has no branch', async () => {
    await using world = await createWorld();
    world.sh('git checkout -q --detach');
    const { repository } = await world.open();
    expect(value(await findStart(repository, undefined))).not.toHaveProperty('branch');
  });

  test('a branch without a commit, and one that is not there, are told as such', async () => {
    await using world = await createWorld();
    world.sh('git checkout -q --orphan leer');
    const { repository } = await world.open();
    for (const target of [undefined, 'leer', 'nirgends']) {
      expect(await findStart(repository, target)).toMatchObject({
        ok: false,
        failure: { code: 'git/no-commit' },
      });
    }
  });
});
