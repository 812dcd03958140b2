import { describe, expect, test } from '@jest/globals';
import { vaultOf } from '../../lib/git/vault.js';
import { createWorld } from '../git/world.js';
import { createYard } from './yard.js';

const COMMIT = 'git add -A; git commit -q -m work';
const ALSO = 'refs/sage/also/20261121-080000-test/T-1';

/** Two lanes ready for an agent each. */
async function twoLanes(world: Awaited<ReturnType<typeof createWorld>>) {
  const yard = await createYard(world);
  await yard.prepare({ slot: 1 });
  await yard.prepare({ slot: 2, attempt: 2 });
  return yard;
}

describe('what all lanes share by name', () => {
  test('no agent gets the changes that another one stashed; nobody loses a file', async () => {
    await using world = await createWorld();
    const yard = await twoLanes(world);
    yard.agent('echo one > one; echo more >> README.md; ! git stash -u', 1);
    expect(yard.agent('! git stash pop; git stash list; git status --porcelain', 2)).toBe('');
    expect((await yard.harvest({ slot: 1 })).harvest!.files).toEqual(['README.md', 'one']);
    expect((await yard.harvest({ slot: 2, attempt: 2 })).harvest!.work).toBeUndefined();
  });

  test('a stash that was opened by force is closed at the next harvest, each of its entries kept and told', async () => {
    await using world = await createWorld();
    const yard = await twoLanes(world);
    const vault = vaultOf(yard.yard.depot);
    yard.agent(
      'git for-each-ref --format="delete %(refname)" refs/stash | git update-ref --stdin; echo 1 >> README.md; git stash -q; echo 2 >> README.md; git stash -q',
      1,
    );
    const stashed = yard.agent('git stash list --format=%H', 2).trim().split('\n');
    const { harvest } = await yard.harvest({ slot: 1 });
    expect(harvest!.notes.join()).toMatch(/refs\/sage\/aside\/stash/);
    const kept = world.sh('git for-each-ref --format="%(objectname)" refs/sage/aside/stash', vault);
    expect(kept.split('\n').sort()).toEqual([...stashed].sort());
    expect(yard.agent('! git stash pop; echo x > x; ! git stash -u; ls', 2)).toBe('README.md\nx\n');
  });

  test('a packed stash stays closed', async () => {
    await using world = await createWorld();
    const yard = await twoLanes(world);
    yard.agent('git pack-refs --all --prune; echo x >> README.md; ! git stash', 1);
    expect((await yard.harvest({ slot: 1 })).harvest!.notes).toEqual([]);
  });

  test('the next attempt may make the branch that the last one made', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    const script = `git checkout -q -b feature/x; echo work > work; ${COMMIT}`;
    for (const attempt of [1, 2, 3]) {
      await yard.prepare({ attempt });
      yard.agent(script);
      const { harvest } = await yard.harvest({ attempt });
      expect(harvest).toMatchObject({ files: ['work'], notes: [] });
      expect(harvest!.commits).toHaveLength(1);
      expect(yard.agent('git branch --list --format="%(refname)"')).not.toMatch(/feature/);
      // Taking it again, as after a crash, finds the same commits on the HEAD that is now detached.
      // The one commit of the work has the second in which it was made.
      const work = expect.any(String) as unknown;
      expect((await yard.harvest({ attempt })).harvest).toEqual({ ...harvest, work });
    }
  });

  test('what only a branch of the attempt holds is kept, also when HEAD was elsewhere when it was made', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    await yard.prepare();
    yard.agent(
      `git checkout -q -b a; echo 1 > one; ${COMMIT}; git branch -m a b; git branch spare; git checkout -q --detach main; echo 2 > two; ${COMMIT}; git branch -f b HEAD; git reset -q --hard HEAD~1; echo 3 > three`,
    );
    const { harvest } = await yard.harvest();
    expect(harvest!.files).toEqual(['three']);
    const depot = yard.yard.depot.path;
    const vault = vaultOf(yard.yard.depot);
    const also = world.sh(`git for-each-ref --format="%(refname)" ${ALSO}/1/`, vault).split('\n');
    const files = also.map((ref) => world.sh(`git show --format= --name-only ${ref}`, vault));
    expect(files.sort()).toEqual(['one', 'two']);
    expect(world.sh('git branch --list --format="%(refname)"', depot)).toBe('refs/heads/main');
  });

  test("the user's branches are put back where they were, those of another lane left alone", async () => {
    await using world = await createWorld();
    const yard = await twoLanes(world);
    yard.agent(`git checkout -q main; echo 1 > one; ${COMMIT}`, 1);
    yard.agent(`git checkout -q -b theirs; echo 2 > two; ${COMMIT}`, 2);
    await yard.harvest({ slot: 1 });
    expect(yard.agent('git rev-parse main', 2)).toBe(`${yard.base}\n`);
    expect(yard.agent('git symbolic-ref HEAD; git log -1 --format=%s theirs', 2)).toBe(
      'refs/heads/theirs\nwork\n',
    );
    const other = await yard.harvest({ slot: 2, attempt: 2 });
    expect(other.harvest!.files).toEqual(['two']);
  });
});
