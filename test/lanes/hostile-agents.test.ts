import { describe, expect, test } from '@jest/globals';
import { vaultOf } from '../../lib/git/vault.js';
import { failed } from '../../lib/model/failure.js';
import { createWorld, type World } from '../git/world.js';
import { createYard, fingerprint, type Harvested, type TestYard } from './yard.js';

/** One nasty thing done in a lane, and what must come of it. */
interface Nasty {
  readonly does: string;
  readonly script: string;
  /** Files of the work with their status, sorted; absent: there is no work. */
  readonly work?: readonly string[];
  readonly failure?: 'agent/unusable-work';
  readonly also?: (event: Harvested, world: World, yard: TestYard) => void;
}

const EDIT = 'echo work > work.txt';
const COMMIT = 'git add -A; git commit -q -m work';
const WORK = ['A work.txt'];

const agents: readonly Nasty[] = [
  { does: 'commits', script: `${EDIT}; ${COMMIT}`, work: WORK },
  { does: 'leaves everything uncommitted', script: EDIT, work: WORK },
  {
    does: 'collects garbage at once',
    script: `${EDIT}; ${COMMIT}; git gc -q --prune=now || true`,
    work: WORK,
  },
  {
    does: 'prunes worktrees and objects',
    script: `${EDIT}; git worktree prune; git prune --expire=now || true`,
    work: WORK,
  },
  {
    does: 'stashes its work',
    script: `${EDIT}; git add -A; ! git stash -q; ! git stash pop`,
    work: WORK,
  },
  {
    does: 'pushes',
    script: `${EDIT}; ${COMMIT}; ! git push origin HEAD:main; ! git push`,
    work: WORK,
  },
  {
    does: 'changes configuration and hooks',
    script: `${EDIT}; git config core.hooksPath /evil; git config core.bare false; git config core.worktree /; git config user.name Evil`,
    work: WORK,
  },
  { does: 'deletes its .git', script: `${EDIT}; rm .git`, work: WORK },
  {
    does: 'replaces its .git by a repository of its own',
    script: `${EDIT}; rm .git; git init -q; git add -A; git commit -q -m own`,
    work: WORK,
  },
  {
    does: 'switches to a new branch',
    script: `git checkout -q -b feature/x; ${EDIT}; ${COMMIT}`,
    work: WORK,
  },
  {
    does: 'commits on another branch and switches back',
    script: `git checkout -q -b other; ${EDIT}; ${COMMIT}; git checkout -q --detach main`,
    work: WORK,
    also: ({ harvest }) => expect(harvest!.notes.join()).toMatch(/branch that was left again/),
  },
  {
    does: 'commits and takes it back by a reset',
    script: `${EDIT}; ${COMMIT}; git reset -q --hard HEAD~1`,
    also: ({ harvest }) => expect(harvest!.notes.join()).toMatch(/left aside/),
  },
  {
    does: 'checks out main and commits there',
    script: `git checkout -q main; ${EDIT}; ${COMMIT}`,
    work: WORK,
  },
  {
    does: 'amends the base where the base itself changed lines',
    script: `echo changed > README.md; ${EDIT}; git add -A; git commit -q --amend -m amended`,
    work: ['M README.md', 'A work.txt'],
  },
  {
    does: 'works on an older commit',
    script: `git checkout -q --detach HEAD~1; ${EDIT}; ${COMMIT}`,
    work: WORK,
  },
  {
    does: 'works on an older commit against the base',
    script: `git checkout -q --detach HEAD~1; echo other > README.md; ${COMMIT}`,
    failure: 'agent/unusable-work',
    also: ({ harvest }, world, { yard }) =>
      expect(world.sh(`git show ${harvest!.kept}:README.md`, vaultOf(yard.depot))).toBe('other'),
  },
  { does: 'goes to an older commit and stays', script: 'git reset -q --hard HEAD~1' },
  {
    does: 'makes an orphan branch',
    script: `git checkout -q --orphan new; ${EDIT}; ${COMMIT}`,
    work: WORK,
  },
  {
    does: 'makes an orphan branch without a commit',
    script: `git checkout -q --orphan new; ${EDIT}`,
    work: WORK,
  },
  {
    does: 'merges',
    script: `git checkout -q -b side; ${EDIT}; ${COMMIT}; git checkout -q --detach main; echo b > b; ${COMMIT}; git merge -q --no-edit side`,
    work: ['A b', ...WORK],
  },
  {
    does: 'leaves a rebase half done',
    script: `git checkout -q -b side; echo x > README.md; ${COMMIT}; git checkout -q --detach main; echo y > README.md; ${COMMIT}; ! git rebase -q side`,
    failure: 'agent/unusable-work',
  },
  {
    does: 'leaves a merge with conflicts',
    script: `git checkout -q -b side; echo x > README.md; ${COMMIT}; git checkout -q --detach main; echo y > README.md; ${COMMIT}; ! git merge side`,
    failure: 'agent/unusable-work',
    also: ({ harvest, failure }, world, { yard }) => {
      expect(failure!.message).toMatch(/README\.md.*refs\/sage\/kept/);
      expect(world.sh(`git show ${harvest!.kept}:README.md`, vaultOf(yard.depot))).toMatch(
        /<<<<<<</,
      );
    },
  },
  {
    does: 'resolves a merge but does not commit it',
    script: `git checkout -q -b side; echo x > README.md; ${COMMIT}; git checkout -q --detach main; echo y > README.md; ${COMMIT}; git merge side || echo xy > README.md`,
    work: ['M README.md'],
  },
  { does: 'bisects', script: `git bisect start -q; git bisect bad; ${EDIT}`, work: WORK },
  {
    does: 'makes a repository in a new folder',
    script:
      'mkdir sub; cd sub; git init -q; echo x > x; git add x; git commit -q -m x; mkdir deep; cd deep; git init -q; echo y > y',
    work: ['A sub/deep/y', 'A sub/x'],
  },
  {
    does: 'makes a repository in an old folder',
    script: 'cd src; git init -q; echo x > x',
    work: ['A src/x'],
  },
  {
    does: 'makes folders read-only',
    script: 'mkdir locked; echo x > locked/x; chmod 500 locked src',
    work: ['A locked/x'],
  },
  {
    does: 'makes, renames and deletes two hundred files',
    script:
      'for i in $(seq 100); do echo $i > many-$i; done; git mv src/a.ts src/b.ts; git rm -q many/*.txt',
    also: ({ harvest }) => {
      expect(harvest!.filesTotal).toBe(202);
      expect(harvest!.files).toContain('src/a.ts');
    },
  },
  {
    does: 'links out of the tree',
    script: 'ln -s /etc/passwd out; ln -s .. up; ln -s nowhere dead',
    work: ['A dead', 'A out', 'A up'],
  },
  {
    does: 'edits the ticket index and more under .sage, and works',
    script: `echo '{"tickets":[]}' > .sage/tickets/index.json; echo x > .sage/tickets/T-1.md; mkdir .sage/workers; echo 1 > .sage/workers/1; echo 'parallel: 2' > .sage/config.yaml; ${EDIT}; ${COMMIT}`,
    work: ['A .sage/config.yaml', ...WORK],
    also: ({ harvest }) => {
      expect(harvest!.droppedTicketEdits).toEqual([
        '.sage/tickets/T-1.md',
        '.sage/tickets/index.json',
        '.sage/workers/1',
      ]);
      expect(harvest!.commits).toEqual([]);
    },
  },
  {
    does: 'edits nothing but the ticket index',
    script: `echo x > .sage/tickets/index.json; ${COMMIT}`,
    also: ({ harvest }) =>
      expect(harvest!.droppedTicketEdits).toEqual(['.sage/tickets/index.json']),
  },
  { does: 'deletes .sage', script: `rm -r .sage; ${EDIT}`, work: WORK },
  { does: 'makes .sage a link', script: `rm -r .sage; ln -s /etc .sage; ${EDIT}`, work: WORK },
  {
    does: 'uses strange names, modes and bytes',
    script: `printf 'a\\0b' > 'bin é'; echo x > '-rf'; echo x > "new
line"; echo x > "$(printf 'l\\351tin')"; chmod +x src/a.ts; mkdir ' '; echo x > ' / '`,
    also: ({ harvest }, world, { yard }) => {
      const names = world.sh(`git ls-tree -r --name-only ${harvest!.work}`, yard.depot.path);
      for (const name of ['"bin \\303\\251"', '-rf', '"new\\nline"', '"l\\351tin"', ' / ']) {
        expect(names.split('\n')).toContain(name);
      }
      expect(world.sh(`git ls-tree ${harvest!.work} src/a.ts`, yard.depot.path)).toMatch(/^100755/);
    },
  },
  {
    does: 'hides changes from the index',
    script:
      'git update-index --assume-unchanged README.md; git update-index --skip-worktree src/a.ts; echo x > README.md; echo x > src/a.ts',
    work: ['M README.md', 'M src/a.ts'],
  },
  { does: 'makes a sparse checkout', script: `git sparse-checkout set src; ${EDIT}`, work: WORK },
  {
    does: 'leaves a lock and a broken index',
    script: `${EDIT}; d=$(git rev-parse --git-dir); : > $d/index.lock; echo bad > $d/index`,
    work: WORK,
  },
  {
    does: 'splits its index and hides changes in it',
    script:
      'git update-index --split-index; git update-index --assume-unchanged README.md; echo x > README.md',
    work: ['M README.md'],
  },
  {
    does: 'packs its index and hides changes in it',
    script:
      'git update-index --index-version 4; git update-index --skip-worktree src/a.ts; echo x > src/a.ts',
    work: ['M src/a.ts'],
  },
  {
    does: 'stages ignored files and announces new ones',
    script: `echo '*.log' > .gitignore; echo x > a.log; echo x > b.log; git add -f a.log; echo x > new; git add -N new`,
    work: ['A .gitignore', 'A a.log', 'A new'],
  },
  {
    does: 'stages a repository of its own',
    script:
      'git init -q sub; cd sub; echo x > x; git add x; git commit -q -m x; cd ..; git add sub',
    work: ['A sub'],
  },
  {
    does: 'makes a repository without a commit',
    script: `git init -q sub; echo x > sub/x; ${EDIT}`,
    work: ['A sub/x', ...WORK],
  },
  { does: 'does nothing', script: ':' },
];

async function userWorld(): Promise<World> {
  const world = await createWorld();
  await world.write('src/a.ts', 'a\n');
  await world.write('.sage/tickets/index.json', '{}\n');
  for (let index = 0; index < 100; index += 1) await world.write(`many/${index}.txt`, 'x\n');
  world.commit('second');
  await world.write('README.md', 'ONE\ntwo\nthree\n');
  world.commit('third');
  // The user is in the middle of something of their own.
  world.sh(
    'git remote add origin "$PWD/.git"; echo s > README.md; git stash -q; echo dirty >> src/a.ts; echo new > untracked',
  );
  return world;
}

describe('002-4.5 whatever an agent does to its lane, its work is kept and the user never notices', () => {
  test.each(agents)('an agent $does', async (nasty) => {
    await using world = await userWorld();
    const yard = await createYard(world);
    expect((await yard.prepare()).type).toBe('lane.prepared');
    const before = fingerprint(world);
    yard.agent(nasty.script);
    const event = await yard.harvest();
    expect(event.failure?.code).toBe(nasty.failure);
    nasty.also?.(event, world, yard);
    const { work } = event.harvest!;
    const told = work
      ? world
          .sh(`git diff --name-status --no-renames ${yard.base} ${work}`, yard.yard.depot.path)
          .replaceAll('\t', ' ')
      : undefined;
    if (nasty.work) expect(told?.split('\n')).toEqual(nasty.work);
    else if (!nasty.also) expect(work).toBeUndefined();
    if (work) {
      expect(world.sh(`git rev-list --parents -1 ${work}`, yard.yard.depot.path)).toBe(
        `${work} ${yard.base}`,
      );
    }
    // Taking it again, as after a crash, takes the same.
    const again = await yard.harvest();
    expect(again.failure?.code).toBe(event.failure?.code);
    expect(again.harvest?.files).toEqual(event.harvest?.files);
    // The next attempt finds a lane as if nothing had been.
    const next = await yard.prepare({ attempt: 2 });
    expect(next).toMatchObject({ type: 'lane.prepared', wasNew: false });
    expect(yard.agent('git status --porcelain; git rev-parse HEAD')).toBe(`${yard.base}\n`);
    expect(yard.agent('find . -name .git')).toBe('./.git\n');
    expect(fingerprint(world)).toEqual(before);
  });
});

test('a git that is killed once during the harvest costs nothing, and the lock it left in the lane goes', async () => {
  await using world = await createWorld();
  const yard = await createYard(world);
  await yard.prepare();
  yard.agent(`${EDIT}; : > $(git rev-parse --git-dir)/index.lock`);
  const { depot } = yard.yard;
  let kills = 0;
  const git: typeof depot.git = (args, options) => {
    if (args[0] !== 'write-tree' || kills > 0) return depot.git(args, options);
    kills += 1;
    return Promise.resolve(failed({ code: 'git/failed', message: 'ended by SIGKILL' }));
  };
  const event = await yard.harvest({ git });
  expect(kills).toBe(1);
  expect(event.failure).toBeUndefined();
  expect(world.sh(`git show ${event.harvest!.work!}:work.txt`, depot.path)).toBe('work');
  yard.agent('git add -A');
});

test('a depot that takes no work is an outside fault and not the attempt’s, and what was kept is told', async () => {
  await using world = await createWorld();
  const yard = await createYard(world);
  await yard.prepare();
  yard.agent(`echo 1 > one; ${COMMIT}; ${EDIT}`);
  // git keeps refs as files: where this one stands there can be none below it.
  world.sh(`git update-ref refs/sage/work ${yard.base}`, vaultOf(yard.yard.depot));
  const event = await yard.harvest();
  expect(event.failure).toMatchObject({ code: 'lane/not-harvested' });
  expect(world.sh(`git show ${event.harvest!.kept}:work.txt`, vaultOf(yard.yard.depot))).toBe(
    'work',
  );
});
