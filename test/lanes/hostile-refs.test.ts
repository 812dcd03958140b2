import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDepot } from '../../lib/git/depot.js';
import { openRepository } from '../../lib/git/repository.js';
import { vaultOf } from '../../lib/git/vault.js';
import { createWorld, value, type World } from '../git/world.js';
import { createYard, type TestYard } from './yard.js';

const WIPE = [
  'git for-each-ref --format="delete %(refname)" refs/sage refs/heads refs/stash | git update-ref --stdin',
  'git config extensions.preciousObjects false',
  'git config gc.reflogExpire now; git config gc.reflogExpireUnreachable now',
  'git reflog expire --expire=now --expire-unreachable=now --all',
  'git checkout -q --detach main 2>/dev/null || true',
  'git worktree prune --expire=now',
  'git gc -q --prune=now; git prune --expire=now',
].join('; ');

/** What `git log -p` of everything that is kept would show: names and files, with all their bytes readable. */
function keptFiles(world: World, { yard }: TestYard): Record<string, string> {
  const vault = vaultOf(yard.depot);
  world.sh('git fsck --full --strict', vault);
  const names = world.sh('git for-each-ref --format="%(refname)" refs/sage', vault).split('\n');
  return Object.fromEntries(
    names.map((name) => [name, world.sh(`git ls-tree -r ${name}; git log -p ${name}`, vault)]),
  );
}

const attempts: readonly (readonly [does: string, script: string])[] = [
  [
    'deletes all refs of the depot, makes its objects removable and removes them',
    `echo mine > mine; ${WIPE}`,
  ],
  [
    'moves all that is kept to its own commit',
    'echo mine > mine; git add mine; git commit -q -m mine; git for-each-ref --format="update %(refname) HEAD" refs/sage | sed "s/HEAD/$(git rev-parse HEAD)/" | git update-ref --stdin',
  ],
  [
    'blocks the folders of refs',
    'git update-ref refs/sage/kept HEAD; git update-ref refs/sage/work HEAD; git update-ref refs/sage/also HEAD; git update-ref refs/sage/aside HEAD',
  ],
  ['blocks the one folder above all', 'git update-ref refs/sage HEAD; git pack-refs --all'],
  [
    'blocks by links to nothing',
    'git symbolic-ref refs/sage/kept refs/heads/nothing; git symbolic-ref refs/sage/work refs/heads/nothing',
  ],
  ['packs all refs', 'git pack-refs --all --prune'],
  ['repacks', 'git config extensions.preciousObjects false; git repack -adfq'],
];

test.each(attempts)(
  '002-7.1 an agent that %s loses nothing that is kept, and the next ones work on',
  async (_does, script) => {
    await using world = await createWorld();
    const yard = await createYard(world);
    await yard.prepare();
    yard.agent('echo a > a; git add a; git commit -q -m a; echo b > b');
    await yard.harvest();
    await yard.prepare({ attempt: 2 });
    yard.agent(
      'git checkout -q -b x; echo c > c; git add c; git commit -q -m c; git checkout -q --detach main; echo d > d',
    );
    await yard.harvest({ attempt: 2 });
    const before = keptFiles(world, yard);
    expect(Object.keys(before).map((name) => name.split('/')[2])).toEqual(
      expect.arrayContaining(['kept', 'work', 'also']),
    );

    await yard.prepare({ attempt: 3, slot: 2 });
    yard.agent(script, 2);
    const { harvest, failure } = await yard.harvest({ attempt: 3, slot: 2 });
    expect(failure).toBeUndefined();
    expect(harvest).toBeDefined();
    expect(keptFiles(world, yard)).toMatchObject(before);
    if (script.includes(WIPE)) {
      const ids = 'for-each-ref --format="%(objectname)" refs/sage/also';
      const [id = ''] = world.sh(`git ${ids}`, vaultOf(yard.yard.depot)).split('\n');
      const file = `objects/${id.slice(0, 2)}/${id.slice(2)}`;
      expect(existsSync(join(yard.yard.depot.path, file))).toBe(false);
    }

    // Nor later, when all of it is opened anew.
    const repository = value(await openRepository(world.git, world.repo));
    value(await openDepot(repository));
    expect(await yard.prepare({ attempt: 4 })).toMatchObject({ type: 'lane.prepared' });
    yard.agent('echo e > e');
    const next = await yard.harvest({ attempt: 4 });
    expect(next.harvest!.files).toEqual(['e']);
    expect(keptFiles(world, yard)).toMatchObject(before);
  },
);

test('a folder of refs that an agent shut is opened again, and what stood there is kept and told', async () => {
  await using world = await createWorld();
  const yard = await createYard(world);
  await yard.prepare();
  yard.agent(
    'echo a > a; git add a; git commit -q -m a; git update-ref refs/sage/candidate HEAD; git reset -q --hard HEAD~1',
  );
  const stood = yard.agent('git rev-parse refs/sage/candidate').trim();
  const { harvest } = await yard.harvest();
  expect(harvest!.notes.join()).toContain('refs/sage/candidate stood in the way');
  const vault = vaultOf(yard.yard.depot);
  expect(world.sh('git rev-parse refs/sage/aside/in-the-way/*', vault)).toBeDefined();
  expect(world.sh(`git rev-parse refs/sage/aside/in-the-way/${stood}`, vault)).toBe(stood);
  expect(world.sh('git for-each-ref refs/sage', yard.yard.depot.path)).toBe('');
});

test('what an older depot keeps by refs of its own is taken over, once', async () => {
  await using world = await createWorld();
  const { repository, depot } = await world.open();
  const vault = vaultOf(depot);
  world.sh('rm -r vault.git', `${repository.commonDir}/sage`);
  const kept = world.sh(
    'git commit-tree -p main -m kept $(echo x | git hash-object -w --stdin | xargs printf "100644 blob %s\\tx\\n" | git mktree)',
    depot.path,
  );
  world.sh(`git update-ref refs/sage/kept/r/T-1/1 ${kept}`, depot.path);
  value(await openDepot(repository));
  world.sh('git update-ref -d refs/sage/kept/r/T-1/1', depot.path);
  expect(world.sh('git show refs/sage/kept/r/T-1/1:x', vault)).toBe('x');
  world.sh(`git update-ref refs/sage/kept/r/T-2/1 ${kept}`, depot.path);
  value(await openDepot(repository));
  expect(world.sh('git for-each-ref --format="%(refname)" refs/sage', vault)).toBe(
    'refs/sage/kept/r/T-1/1',
  );
});
