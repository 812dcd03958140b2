import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createIndexCommit } from '../../lib/land/bookkeeping.js';
import { createRunDeliver, deliverNow, type DeliverDeps } from '../../lib/land/deliver.js';
import { success } from '../../lib/model/failure.js';
import type { Oid } from '../../lib/model/ids.js';
import { openRepository } from '../../lib/git/repository.js';
import { value } from '../git/world.js';
import { snapshot } from '../rig/snapshot.js';
import { branch, createLandWorld, identity, type LandWorld } from './world.js';

const INDEX = '.sage/tickets/index.json';
const OPEN = '{"tickets":[{"id":"T-1","state":"UNPROCESSED"}]}\n';
const DONE = OPEN.replace('UNPROCESSED', 'COMPLETED');

let world: LandWorld;
beforeEach(async () => {
  world = await createLandWorld(async (user) => {
    await user.write('src/a.txt', 'a1\na2\na3\n');
    await user.write('src/b.txt', 'b\n');
    await user.write('src/gone.txt', 'gone\n');
    await user.write('.gitignore', 'ignored.txt\n');
    await user.write(INDEX, OPEN);
    user.commit('base');
    user.sh('git switch -q -c feature/x');
  });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
const deps = (more: Partial<DeliverDeps> = {}): DeliverDeps => ({
  repository: world.repository,
  depot: world.depot,
  branch,
  patienceMs: 300,
  ...more,
});

/** Lands a commit with what `line` changes on the run's branch. */
function land(line: string, from = world.tip()): Oid {
  const commit = world.work(line, from);
  world.inDepot(`update-ref refs/heads/${branch} ${commit}`);
  return commit;
}
/** Names that git quotes. */
const ODD = `echo q > '"quoted".txt' && echo n > 'new\nline.txt' && echo u > ünï.txt`;
const USUAL = 'sed -i s/a2/A2/ src/a.txt && echo new > src/new.txt && git rm -q src/gone.txt';

async function deliver(target = 'feature/x', more: Partial<DeliverDeps> = {}) {
  const intent = { kind: 'run.deliver', key: 'deliver', tip: world.tip(), target } as const;
  const [event] = await createRunDeliver(deps(more)).perform(intent, signal);
  if (event?.type !== 'run.delivered') throw new Error(`unexpected ${event?.type}`);
  expect(event.closes).toBe('deliver');
  return event;
}
async function redo(target = 'feature/x', more: Partial<DeliverDeps> = {}) {
  const intent = { kind: 'run.deliver', key: 'deliver', tip: world.tip(), target } as const;
  const [event] = await createRunDeliver(deps(more)).reconcile(intent, signal);
  if (event?.type !== 'run.delivered') throw new Error(`unexpected ${event?.type}`);
  return event;
}
const head = () => world.sh('git rev-parse HEAD');
const status = () => world.sh('git status --porcelain');
const file = (path: string) => readFileSync(join(world.repo, path), 'utf8');
/** Everything that must be as before when a delivery is left, but for the run's branch. */
const everything = () => snapshot(world.repo);

describe('delivering to the checked-out branch', () => {
  test('fast-forwards a clean checkout', async () => {
    const tip = land(USUAL);
    expect(await deliver()).toMatchObject({ how: 'forwarded' });
    expect(head()).toBe(tip);
    expect(world.sh('git symbolic-ref HEAD')).toBe('refs/heads/feature/x');
    expect(status()).toBe('');
    expect(file('src/new.txt')).toBe('new\n');
    expect(world.sh('git reflog -1 --format=%gs')).toContain(`sage deliver ${branch}`);
  });

  test('keeps what the user changed, staged and left untracked in other files', async () => {
    const tip = land(USUAL);
    world.sh('echo edited >> src/b.txt && echo staged >> README.md && git add README.md');
    world.sh('echo mine > untracked.txt && echo mine > ignored.txt && git stash list');
    const before = status();
    expect(await deliver()).toMatchObject({ how: 'forwarded' });
    expect(head()).toBe(tip);
    expect(status()).toBe(before);
    expect(file('src/b.txt')).toBe('b\nedited\n');
    expect(file('README.md')).toContain('staged');
    expect(world.sh('git diff --cached --name-only')).toBe('README.md');
  });

  test.each([
    ['changed', 'echo edited >> src/a.txt', 'src/a.txt'],
    ['changed and staged', 'echo edited >> src/a.txt && git add src/a.txt', 'src/a.txt'],
    ['left untracked', 'echo mine > src/new.txt', 'src/new.txt'],
    ['changed although the run deleted it', 'echo edited >> src/gone.txt', 'src/gone.txt'],
  ])(
    'is left, with nothing touched, when it would change a file that the user %s',
    async (_how, edit, path) => {
      land(USUAL);
      world.sh(edit);
      const before = everything();
      const event = await deliver();
      expect(event).toMatchObject({ how: 'left', command: `git merge --ff-only ${branch}` });
      expect(event.why).toContain(path);
      expect(everything()).toEqual(before);
    },
  );

  test('is left when an ignored file of the user would be overwritten', async () => {
    land('echo theirs > ignored.txt && git add -f ignored.txt');
    await writeFile(join(world.repo, 'ignored.txt'), 'mine\n');
    const before = everything();
    const event = await deliver();
    expect(event.how).toBe('left');
    expect(event.why).toContain('ignored.txt');
    expect({ ...everything(), rest: [] }).toEqual({ ...before, rest: [] });
    expect(file('ignored.txt')).toBe('mine\n');
  });

  test('what the user staged stays staged when it is left, also where the run made the very same of it', async () => {
    land(`${USUAL} && echo theirs > ignored.txt && git add -f ignored.txt`);
    world.sh('echo new > src/new.txt && git add src/new.txt && echo mine > ignored.txt');
    expect((await deliver()).how).toBe('left');
    expect(status()).toBe('A  src/new.txt');
    world.sh('echo edited >> src/a.txt');
    expect((await deliverNow(deps(), world.tip(), 'feature/x')).how).toBe('left');
    expect(status()).toBe(' M src/a.txt\nA  src/new.txt');
  });

  test.each([
    [
      'a merge',
      'git switch -q -c other HEAD && echo o > o.txt && git add o.txt && git commit -q -m o && git switch -q feature/x && git merge -q --no-commit --no-ff other',
    ],
    [
      'a rebase',
      'echo o >> src/b.txt && git commit -q -a -m o && (git rebase -q --exec false HEAD~1 2>/dev/null || true)',
    ],
    [
      'a cherry-pick',
      'git switch -q -c other HEAD && echo o > src/b.txt && git commit -q -a -m o && git switch -q feature/x && git cherry-pick -n other && git rev-parse other > .git/CHERRY_PICK_HEAD',
    ],
  ])('is left while %s is going on', async (what, line) => {
    land(USUAL);
    world.sh(line);
    const before = everything();
    const event = await deliver();
    expect(event.how).toBe('left');
    if (what !== 'a rebase') expect(event.why).toContain(what);
    expect(everything()).toEqual(before);
  });

  test('is left when the branch moved meanwhile, with the command that merges', async () => {
    land(USUAL);
    world.sh('echo mine > mine.txt && git add -A && git commit -q -m mine');
    const before = everything();
    const event = await deliver();
    expect(event).toMatchObject({
      how: 'left',
      why: expect.stringContaining('moved'),
      command: `git merge ${branch}`,
    });
    expect(everything()).toEqual(before);
    world.sh(event.command ?? 'false');
    expect(file('src/new.txt')).toBe('new\n');
  });

  test('waits for a git that works in the checkout, and gives up in the end', async () => {
    const tip = land(USUAL);
    const lock = join(world.repo, '.git/index.lock');
    await writeFile(lock, '');
    const held = await deliver();
    expect(held).toMatchObject({ how: 'left', why: expect.stringContaining('index.lock') });
    const waiting = deliver('feature/x', { patienceMs: 20_000 });
    await rm(lock);
    expect(await waiting).toMatchObject({ how: 'forwarded' });
    expect(head()).toBe(tip);
    expect(status()).toBe('');
  });

  test('does not run hooks and does not obey what the configuration adds to a merge', async () => {
    const tip = land(USUAL);
    world.sh(
      'git config branch.feature/x.mergeOptions "--squash --no-ff" && git config merge.autoStash true',
    );
    world.sh(
      'printf "#!/bin/sh\\ntouch hooked\\n" > .git/hooks/post-merge && chmod +x .git/hooks/post-merge',
    );
    world.sh('echo edited >> src/b.txt');
    expect(await deliver()).toMatchObject({ how: 'forwarded' });
    expect(head()).toBe(tip);
    expect(status()).toBe(' M src/b.txt');
    expect(world.sh('git stash list')).toBe('');
  });
});

describe('delivering elsewhere', () => {
  test('main is never moved by a run, and the command it leaves does it', async () => {
    world.sh('git switch -q main');
    const tip = land(USUAL);
    const before = everything();
    const event = await deliver('main');
    expect(event).toMatchObject({ how: 'left', command: `git merge --ff-only ${branch}` });
    expect(event.why).toContain('main is never moved');
    expect(everything()).toEqual(before);
    world.sh(event.command ?? 'false');
    expect(head()).toBe(tip);
  });

  test('main moves when somebody asks for it', async () => {
    world.sh('git switch -q main');
    const tip = land(USUAL);
    expect(await deliverNow(deps(), world.tip(), 'main')).toMatchObject({ how: 'left' });
    expect(await deliverNow(deps(), world.tip(), 'main', true)).toMatchObject({ how: 'forwarded' });
    expect(head()).toBe(tip);
  });

  test('a branch that is checked out nowhere is moved by compare-and-swap', async () => {
    world.sh('git switch -q main');
    const tip = land(USUAL);
    world.sh('echo edited >> src/a.txt');
    const { index, files, head: at } = everything();
    expect(await deliver()).toMatchObject({ how: 'forwarded' });
    expect(world.sh('git rev-parse feature/x')).toBe(tip);
    expect(everything()).toMatchObject({ index, files, head: at });
  });

  test('a branch checked out in another worktree is left, with the command for there', async () => {
    world.sh('git switch -q main');
    const there = join(world.root, 'other tree');
    world.sh(`git worktree add -q '${there}' feature/x`);
    const tip = land(USUAL);
    const event = await deliver();
    expect(event).toMatchObject({ how: 'left', why: expect.stringContaining(there) });
    world.sh(event.command ?? 'false');
    expect(world.sh('git rev-parse HEAD', there)).toBe(tip);
  });

  test('a run that was started in a linked worktree forwards that one and leaves the main one alone', async () => {
    const there = join(world.root, 'linked');
    world.sh(`git worktree add -q -b feature/y '${there}'`);
    const repository = value(await openRepository(world.git, there));
    const tip = land(USUAL);
    world.sh('echo edited >> src/a.txt');
    const { index, files, head: at } = everything();
    expect(await deliver('feature/y', { repository })).toMatchObject({ how: 'forwarded' });
    expect(world.sh('git rev-parse HEAD && git status --porcelain', there)).toBe(tip);
    expect(everything()).toMatchObject({ index, files, head: at });
    expect(await deliver('feature/x', { repository })).toMatchObject({
      how: 'left',
      command: `git -C ${world.repo} merge --ff-only ${branch}`,
    });
  });

  test('a branch in the middle of a rebase somewhere is left, although no HEAD names it', async () => {
    world.sh('echo o >> src/b.txt && git commit -q -a -m o');
    const there = join(world.root, 'there');
    world.sh(`git switch -q main && git worktree add -q '${there}' feature/x`);
    world.sh('git rebase -q --exec false HEAD~1 2>/dev/null || true', there);
    expect(world.sh('git rev-parse --abbrev-ref HEAD', there)).toBe('HEAD');
    const at = world.sh('git rev-parse feature/x');
    land(USUAL, world.base);
    world.inDepot(`fetch -q ${world.repo} feature/x`);
    const onTop = world.work(USUAL, at as Oid);
    world.inDepot(`update-ref refs/heads/${branch} ${onTop}`);
    expect(await deliver()).toMatchObject({ how: 'left', why: expect.stringContaining(there) });
    expect(world.sh('git rev-parse feature/x')).toBe(at);
  });

  test('a branch that was deleted is left, with the command that makes it', async () => {
    world.sh('git switch -q main && git branch -q -D feature/x');
    const tip = land(USUAL);
    const event = await deliver();
    expect(event.how).toBe('left');
    world.sh(event.command ?? 'false');
    expect(world.sh('git rev-parse feature/x')).toBe(tip);
  });

  test('what the target holds already is delivered', async () => {
    const tip = land(USUAL);
    await deliver();
    world.sh('echo more > more.txt && git add -A && git commit -q -m more');
    const before = everything();
    expect(await redo()).toMatchObject({ how: 'forwarded' });
    expect(everything()).toEqual(before);
    expect(world.sh(`git merge-base HEAD ${tip}`)).toBe(tip);
  });
});

describe('delivering with a tracked ticket index', () => {
  /** What the run does to the live copy while it goes on; answers whether bytes are its last write. */
  const tracked = (lastWrite: string) => ({
    path: INDEX,
    isOurLastWrite: (bytes: Uint8Array) =>
      Promise.resolve(Buffer.from(bytes).toString() === lastWrite),
  });
  const write = (text: string) => writeFile(join(world.repo, INDEX), text);

  /** Lands the bookkeeping commit with the final states. */
  async function book(text = DONE): Promise<Oid> {
    const effect = createIndexCommit({
      depot: world.depot,
      identity,
      indexPath: INDEX,
      finalIndexText: () => success(text),
      candidate: 'run-1/bookkeeping',
    });
    const onto = world.tip();
    const [event] = await effect.perform(
      {
        kind: 'index.commit',
        key: 'b',
        onto,
        message: 'chore: states\n',
        at: '2026-11-21T08:00:00Z',
      },
      signal,
    );
    if (event?.type !== 'bookkeeping.prepared' || !event.commit)
      throw new Error(JSON.stringify(event));
    world.inDepot(`update-ref refs/heads/${branch} ${event.commit}`);
    return event.commit;
  }

  test('the run’s last write becomes the committed file and is clean', async () => {
    land(USUAL);
    const tip = await book();
    await write(DONE);
    expect(await deliver('feature/x', { index: tracked(DONE) })).toMatchObject({
      how: 'forwarded',
    });
    expect(head()).toBe(tip);
    expect(status()).toBe('');
    expect(file(INDEX)).toBe(DONE);
  });

  test('a last write that differs from what landed is replaced by it', async () => {
    land(USUAL);
    const tip = await book();
    const live = DONE.replace('COMPLETED', 'COMPLETED","note":"x');
    await write(live);
    expect(await deliver('feature/x', { index: tracked(live) })).toMatchObject({
      how: 'forwarded',
    });
    expect(head()).toBe(tip);
    expect(status()).toBe('');
    expect(file(INDEX)).toBe(DONE);
  });

  test('an index that somebody edited meanwhile is left with everything else', async () => {
    land(USUAL);
    await book();
    await write(`${DONE} `);
    const before = everything();
    const event = await deliver('feature/x', { index: tracked(DONE) });
    expect(event).toMatchObject({ how: 'left', why: expect.stringContaining(INDEX) });
    expect(everything()).toEqual(before);
    expect(file(INDEX)).toBe(`${DONE} `);
  });

  test('an index that the user staged is left', async () => {
    land(USUAL);
    await book();
    await write(OPEN.replace('T-1', 'T-9'));
    world.sh(`git add ${INDEX}`);
    await write(DONE);
    const before = everything();
    expect((await deliver('feature/x', { index: tracked(DONE) })).how).toBe('left');
    expect(everything()).toEqual(before);
  });

  test('when another file is in the way, the index entry is not touched', async () => {
    land(USUAL);
    await book();
    await write(DONE);
    world.sh('echo edited >> src/a.txt');
    const before = everything();
    expect((await deliver('feature/x', { index: tracked(DONE) })).how).toBe('left');
    expect(everything()).toEqual(before);
    expect(status()).toBe(` M ${INDEX}\n M src/a.txt`);
  });

  test('when git refuses after the entry was staged, it is taken back', async () => {
    land('echo theirs > ignored.txt && git add -f ignored.txt');
    await book();
    await write(DONE);
    world.sh('echo mine > ignored.txt');
    expect((await deliver('feature/x', { index: tracked(DONE) })).how).toBe('left');
    expect(status()).toBe(` M ${INDEX}`);
    expect(file(INDEX)).toBe(DONE);
    expect(file('ignored.txt')).toBe('mine\n');
  });

  test('without a bookkeeping commit the live states stay where they are', async () => {
    const tip = land(USUAL);
    await write(DONE);
    expect((await deliver('feature/x', { index: tracked(DONE) })).how).toBe('forwarded');
    expect(head()).toBe(tip);
    expect((await redo('feature/x', { index: tracked(DONE) })).how).toBe('forwarded');
    expect(file(INDEX)).toBe(DONE);
  });

  test.each([
    ['after the entry was staged', `git add ${INDEX}`],
    [
      'in the middle of the checkout',
      `git add ${INDEX} && echo new > src/new.txt && rm src/gone.txt && printf 'a1\\nA2\\na3\\n' > src/a.txt && ${ODD}`,
    ],
  ])('killed %s, doing it again finishes it', async (_when, left) => {
    land(`${USUAL} && ${ODD}`);
    const tip = await book();
    await write(DONE);
    world.sh(left);
    expect(await redo('feature/x', { index: tracked(DONE) })).toMatchObject({ how: 'forwarded' });
    expect(head()).toBe(tip);
    expect(status()).toBe('');
  });

  test('killed after the entry was staged, and refused when done again: the entry is taken back', async () => {
    land(USUAL);
    await book();
    await write(DONE);
    world.sh(`git add ${INDEX} && echo edited >> src/a.txt`);
    expect((await redo('feature/x', { index: tracked(DONE) })).how).toBe('left');
    expect(status()).toBe(` M ${INDEX}\n M src/a.txt`);
    expect(file(INDEX)).toBe(DONE);
  });

  test('killed after the forward, before the index was clean: doing it again cleans it', async () => {
    land(USUAL);
    await book();
    const live = DONE.replace('COMPLETED', 'COMPLETED","note":"x');
    await deliver();
    await write(live);
    expect(await redo('feature/x', { index: tracked(live) })).toMatchObject({ how: 'forwarded' });
    expect(file(INDEX)).toBe(DONE);
    expect(status()).toBe('');
  });
});
