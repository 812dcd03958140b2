import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { vaultOf } from '../../lib/git/vault.js';
import { createRefMove } from '../../lib/land/move-ref.js';
import { createPublisher, type Publisher } from '../../lib/land/publisher.js';
import type { EventDraft } from '../../lib/model/event.js';
import { oid, type Oid } from '../../lib/model/ids.js';
import type { RefMove } from '../../lib/model/intent.js';
import { snapshot } from '../rig/snapshot.js';
import { startChild } from './child.js';
import { branch, clock, createLandWorld, moveIntent, type LandWorld } from './world.js';

let world: LandWorld;
let publisher: Publisher;
beforeEach(async () => {
  world = await createLandWorld();
  const { repository, depot } = world;
  publisher = createPublisher({ repository, depot, branch });
});
afterEach(async () => {
  await publisher.settle();
  await world[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
/** The effect, watched until what it asked to be published is. */
const effect = () => {
  const { depot, lock } = world;
  const { perform, reconcile } = createRefMove({ depot, branch, lock, clock, publisher });
  const settled = async (events: ReturnType<typeof perform>) => {
    await events;
    await publisher.settle();
    return events;
  };
  return {
    perform: (intent: RefMove) => settled(perform(intent, signal)),
    reconcile: (intent: RefMove) => settled(reconcile(intent, signal)),
  };
};
const published = () => world.sh(`git rev-parse refs/heads/${branch}`);
/** A commit on top of `parent` with a Land-Id. */
const landable = (name: string, parent: Oid = world.base, landId = `run-1/${name}`) => {
  world.work(`echo ${name} > ${name}.txt`, parent);
  world.sh(`git commit -q --amend -m '${name}' -m 'Land-Id: ${landId}'`, world.lane);
  return oid(world.sh('git rev-parse HEAD', world.lane));
};
let landed: Oid;
const perform = (intent: RefMove) => effect().perform(intent);

describe('landing', () => {
  test("moves the run's branch, publishes it and touches nothing else of the user's", async () => {
    const commit = landable('T-1');
    world.sh('echo mine > untracked.txt && echo dirty >> README.md');
    const before = snapshot(world.repo);
    const [event] = await perform(moveIntent(world.base, commit));
    expect(event).toMatchObject({ type: 'landing.landed', commit, closes: 'move/T-1' });
    expect(event).not.toHaveProperty('recovered');
    expect(world.tip()).toBe(commit);
    expect(published()).toBe(commit);
    expect(snapshot(world.repo)).toEqual(before);
  });

  test('drops the candidates of what landed, at the latest at its end, and keeps the others', async () => {
    const commit = landable('T-1');
    world.inDepot(`update-ref refs/sage/candidate/run-1/1 ${commit}`);
    world.inDepot(`update-ref refs/sage/candidate/run-1/2 ${world.base}`);
    await perform(moveIntent(world.base, commit));
    await publisher[Symbol.asyncDispose]();
    expect(world.inDepot("for-each-ref '--format=%(refname)' refs/sage/candidate")).toBe(
      'refs/sage/candidate/run-1/2',
    );
  });

  test('002-4.7 killed before the move: the same object lands', async () => {
    const commit = landable('T-1');
    const [event] = await effect().reconcile(moveIntent(world.base, commit));
    expect(event).toMatchObject({ type: 'landing.landed', commit });
    expect(published()).toBe(commit);
  });

  test('002-4.7 killed after the move: found landed, then published', async () => {
    const commit = landable('T-1');
    world.inDepot(`update-ref refs/heads/${branch} ${commit}`);
    const [event] = await effect().reconcile(moveIntent(world.base, commit));
    expect(event).toMatchObject({ type: 'landing.landed', commit, recovered: true });
    expect(published()).toBe(commit);
  });

  test('002-4.7 found landed below what landed later', async () => {
    const commit = world.work('echo x > without-trailer.txt');
    world.inDepot(`update-ref refs/heads/${branch} ${landable('T-2', commit)}`);
    const [event] = await effect().reconcile(moveIntent(world.base, commit));
    expect(event).toMatchObject({ type: 'landing.landed', commit, recovered: true });
  });

  test('002-4.7 found landed as another commit by its Land-Id', async () => {
    const commit = landable('T-1');
    const rebased = landable('T-1', landable('T-2'));
    world.inDepot(`update-ref refs/heads/${branch} ${rebased}`);
    const [event] = await effect().reconcile(moveIntent(world.base, commit));
    expect(event).toMatchObject({ type: 'landing.landed', commit: rebased, recovered: true });
  });

  test('a Land-Id that only stands in the text is not a landing', async () => {
    const commit = landable('T-1');
    world.work('echo x > x.txt');
    world.sh("git commit -q --amend -m 'x' -m 'Land-Id: run-1/T-1' -m 'quoted above'", world.lane);
    const other = oid(world.sh('git rev-parse HEAD', world.lane));
    world.inDepot(`update-ref refs/heads/${branch} ${other}`);
    const [event] = await perform(moveIntent(world.base, commit));
    expect(event).toMatchObject({ type: 'landing.landed', commit });
    expect(event).not.toHaveProperty('recovered');
  });

  test.each([
    ['put work of its own on', () => world.work('echo unverified > own.txt', landed)],
    ['rewound', () => world.base],
    ['put another history on', () => world.work('echo other > other.txt')],
    ['deleted', () => undefined],
  ])(
    'a run’s branch that an agent %s is put back: only what landed is on it',
    async (_how, move) => {
      landed = landable('T-1');
      await perform(moveIntent(world.base, landed));
      const commit = landable('T-2', landed);
      const agents = move();
      world.inDepot(
        agents ? `update-ref refs/heads/${branch} ${agents}` : `update-ref -d refs/heads/${branch}`,
      );
      const [event] = await perform(moveIntent(landed, commit, 'T-2'));
      expect(event).toMatchObject({ type: 'landing.landed', ticket: 'T-2', commit });
      expect(world.inDepot(`rev-list ${world.base}..${branch}`)).toBe(`${commit}\n${landed}`);
      expect(published()).toBe(commit);
      const list = "git for-each-ref '--format=%(objectname)' refs/sage/aside/";
      const aside = world.sh(list, vaultOf(world.depot));
      expect(aside).toBe(agents ?? '');
    },
  );

  test('a run’s branch that an agent left no room for is put back, and what stood there is kept', async () => {
    landed = landable('T-1');
    await perform(moveIntent(world.base, landed));
    const commit = landable('T-2', landed);
    const own = world.work('echo own > own.txt');
    world.inDepot(`update-ref -d refs/heads/${branch}`);
    world.inDepot(`update-ref ${`refs/heads/${branch}`.replace(/\/[^/]+$/, '')} ${own}`);
    const [event] = await perform(moveIntent(landed, commit, 'T-2'));
    expect(event).toMatchObject({ type: 'landing.landed', ticket: 'T-2', commit });
    expect(world.tip()).toBe(commit);
    const kept = 'git for-each-ref --format="%(objectname)" refs/sage/aside/in-the-way/';
    expect(world.sh(kept, vaultOf(world.depot))).toBe(own);
  });

  test('a branch that moved bounces the ticket with the tip to build on', async () => {
    const commit = landable('T-1');
    const other = landable('T-2');
    world.inDepot(`update-ref refs/heads/${branch} ${other}`);
    expect(await perform(moveIntent(world.base, commit))).toEqual([
      { type: 'landing.bounced', ticket: 'T-1', why: 'stale', tip: other, closes: 'move/T-1' },
    ]);
    expect(world.tip()).toBe(other);
  });

  test('bookkeeping lands without a ticket, and says why when it cannot', async () => {
    const commit = landable('bookkeeping');
    const { ticket, ...rest } = moveIntent(world.base, commit, 'bookkeeping');
    expect(ticket).toBeDefined();
    expect(await perform(rest)).toEqual([
      { type: 'bookkeeping.landed', commit, closes: 'move/bookkeeping' },
    ]);
    const [event] = await perform({ ...rest, landId: 'run-1/x', new: landable('other') });
    expect(event).toMatchObject({ type: 'bookkeeping.landed', failure: { code: 'git/failed' } });
    expect(event).not.toHaveProperty('commit');
  });

  test('002-4.3 two raw landers serialise, the compare-and-swap lets one win', async () => {
    const commits = [landable('T-1'), landable('T-2')] as const;
    const landers = commits.map((commit, index) =>
      startChild(
        new URL('./raw-lander.js', import.meta.url),
        JSON.stringify({
          environment: world.environment,
          repository: world.repository,
          depot: world.depot.path,
          branch,
          intent: moveIntent(world.base, commit, `T-${index + 1}`),
        }),
      ),
    );
    try {
      await Promise.all(landers.map((lander) => lander.saying('ready')));
      const said = await Promise.all(landers.map((lander) => lander.finish()));
      const events = said.map((text) => {
        const [event] = JSON.parse(text.slice('ready\n'.length)) as EventDraft[];
        return event;
      });
      const winner = events.find((event) => event?.type === 'landing.landed');
      const loser = events.find((event) => event?.type === 'landing.bounced');
      expect(commits).toContain(winner?.commit);
      expect(loser).toMatchObject({ why: 'stale', tip: winner?.commit });
      expect(world.tip()).toBe(winner?.commit);
    } finally {
      for (const lander of landers) await lander.kill();
    }
  });
});

describe('publishing', () => {
  test('leaves a branch alone that the user has checked out, and says how to get it', async () => {
    const first = landable('T-1');
    await perform(moveIntent(world.base, first));
    const worktree = join(world.root, 'look at it');
    world.sh(`git worktree add -q '${worktree}' ${branch}`);
    const second = landable('T-2', first);
    const [event] = await perform(moveIntent(first, second, 'T-2'));
    expect(event).toMatchObject({ type: 'landing.landed', commit: second });
    const { trouble } = publisher;
    expect(trouble).toMatchObject({
      code: 'land/not-published',
      message: expect.stringContaining(worktree),
    });
    expect(published()).toBe(first);
    world.sh(trouble?.hint ?? 'false');
    expect(published()).toBe(second);
  });

  test('leaves a branch alone that the user moved elsewhere, and says so', async () => {
    const first = landable('T-1');
    await perform(moveIntent(world.base, first));
    const theirs = world.sh(`git commit-tree -p ${first} -m mine ${first}^{tree}`);
    world.sh(`git update-ref refs/heads/${branch} ${theirs}`);
    const second = landable('T-2', first);
    await perform(moveIntent(first, second, 'T-2'));
    expect(publisher.trouble).toMatchObject({ code: 'land/not-published' });
    expect(published()).toBe(theirs);
    const [event] = await perform(moveIntent(second, landable('T-3', second), 'T-3'));
    expect(event).toMatchObject({ unpublished: { code: 'land/not-published' } });
  });

  test('copies what landed, wherever an agent has put the branch meanwhile', async () => {
    const commit = landable('T-1');
    world.inDepot(`update-ref refs/heads/${branch} ${world.work('echo x > x.txt', commit)}`);
    publisher.request(commit);
    await publisher.settle();
    expect(publisher.trouble).toBeUndefined();
    expect(published()).toBe(commit);
  });

  test('catches up with everything at the next landing', async () => {
    const first = landable('T-1');
    await perform(moveIntent(world.base, first));
    world.sh(`git update-ref refs/heads/${branch} ${world.base}`);
    const second = landable('T-2', first);
    await perform(moveIntent(first, second, 'T-2'));
    expect(publisher.trouble).toBeUndefined();
    expect(published()).toBe(second);
  });

  test('copies all that landed while it was busy, and its end waits for that', async () => {
    const { depot, lock } = world;
    const { perform: land } = createRefMove({ depot, branch, lock, clock, publisher });
    let old = world.base;
    for (const name of ['T-1', 'T-2', 'T-3']) {
      const commit = landable(name, old);
      world.inDepot(`update-ref refs/sage/candidate/run-1/${name} ${commit}`);
      await land(moveIntent(old, commit, name), signal);
      old = commit;
    }
    await publisher[Symbol.asyncDispose]();
    expect(published()).toBe(old);
    expect(world.inDepot('for-each-ref refs/sage/candidate')).toBe('');
  });

  test('does what it says whatever the user has configured for fetches', async () => {
    const commit = landable('T-1');
    world.sh(
      [
        'git config fetch.prune true && git config fetch.pruneTags true && git tag keep',
        'git config protocol.file.allow never && git config fetch.recurseSubmodules true',
        'git config fetch.fsckObjects true && git config fetch.writeCommitGraph true',
      ].join('\n'),
    );
    const before = snapshot(world.repo);
    await perform(moveIntent(world.base, commit));
    expect(publisher.trouble).toBeUndefined();
    expect(snapshot(world.repo)).toEqual(before);
  });
});
