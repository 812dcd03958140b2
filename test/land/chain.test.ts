import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCandidateBuild } from '../../lib/land/candidate.js';
import { createRefMove } from '../../lib/land/move-ref.js';
import { createPublisher, type Publisher } from '../../lib/land/publisher.js';
import { attemptAddress, oid, ticketId, type Oid } from '../../lib/model/ids.js';
import type { Candidate, CandidateBuild } from '../../lib/model/intent.js';
import {
  branch,
  candidateIntent,
  clock,
  createLandWorld,
  identity,
  type LandWorld,
} from './world.js';

let world: LandWorld;
let publishers: Publisher[];
beforeEach(async () => {
  publishers = [];
  world = await createLandWorld(async (user) => {
    await user.write('list.txt', 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n');
    await user.write('old.txt', 'old\n');
    user.commit('base');
  });
});
afterEach(async () => {
  for (const publisher of publishers) await publisher.settle();
  await world[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
const build = async (intent: CandidateBuild) => {
  const { depot, pin } = world;
  const [event] = await createCandidateBuild({ depot, identity, pin }).perform(intent, signal);
  return event!;
};

/** Builds a ticket behind the candidates that are ahead of it. */
function behind(name: string, work: Oid, ahead: readonly Candidate[]) {
  const ticket = ticketId(name);
  const message = `feat(t): #${name} title\n\nCloses: #${name}\nLand-Id: run-1/${name}\n`;
  const onto = ahead.at(-1)?.commit ?? world.tip();
  return build(
    candidateIntent(world, work, {
      ...{ ticket, attempt: attemptAddress(ticket, 1), message, onto },
      ...(ahead.length > 0 ? { tip: world.tip(), ahead } : {}),
    }),
  );
}

async function chainOf(works: Readonly<Record<string, string>>): Promise<Candidate[]> {
  const chain: Candidate[] = [];
  for (const [name, line] of Object.entries(works)) {
    const event = await behind(name, world.work(line), chain);
    if (event.type !== 'landing.prepared') throw new Error(`unexpected ${JSON.stringify(event)}`);
    chain.push({ ticket: ticketId(name), commit: event.commit });
  }
  return chain;
}

const show = (commit: Oid, path: string) => world.inDepot(`show ${commit}:${path}`);
const changes = (commit: Oid) =>
  world.inDepot(`diff --name-status --no-renames ${commit}^ ${commit}`).split('\n').sort();

describe('what does not fit onto a candidate', () => {
  test('002-4.4 is set aside behind the first unlanded one that it conflicts with', async () => {
    const ahead = await chainOf({
      A: 'echo a > a.txt',
      B: 'sed -i s/two/TWO/ list.txt',
      C: 'echo c > c.txt',
    });
    const work = world.work('sed -i s/two/2/ list.txt');
    expect(await behind('D', work, ahead)).toMatchObject({
      type: 'landing.set-aside',
      ticket: 'D',
      behind: 'B',
      files: ['list.txt'],
    });
  });

  test('is a verdict when it conflicts with what landed, whatever else lies ahead', async () => {
    world.inDepot(`update-ref refs/heads/${branch} ${world.work('sed -i s/two/TWO/ list.txt')}`);
    const ahead = await chainOf({ A: 'echo a > a.txt' });
    const work = world.work('sed -i s/two/2/ list.txt');
    expect(await behind('D', work, ahead)).toMatchObject({
      type: 'landing.conflicted',
      onto: world.tip(),
      files: ['list.txt'],
    });
  });

  test('is set aside behind what already does the same; on the tip that is a verdict', async () => {
    const ahead = await chainOf({ A: 'echo same > same.txt', B: 'echo b > b.txt' });
    const work = world.work('echo same > same.txt');
    expect(await behind('D', work, ahead)).toMatchObject({
      type: 'landing.set-aside',
      behind: 'A',
      files: [],
    });
    world.inDepot(`update-ref refs/heads/${branch} ${ahead[0]!.commit}`);
    expect(await behind('D', work, ahead.slice(1))).toMatchObject({
      type: 'landing.emptied',
      onto: ahead[0]!.commit,
    });
  });
});

describe('groups of two and more', () => {
  const works = {
    A: 'echo a > a.txt && sed -i s/one/ONE/ list.txt',
    B: 'git rm -q old.txt && sed -i s/four/FOUR/ list.txt',
    C: 'echo c > c.txt && sed -i s/seven/SEVEN/ list.txt',
  };
  const effect = () => {
    const { repository, depot, lock } = world;
    const publisher = createPublisher({ repository, depot, branch });
    publishers.push(publisher);
    return { publisher, move: createRefMove({ depot, branch, lock, clock, publisher }) };
  };
  const moveOf = (chain: readonly Candidate[]) => ({
    kind: 'ref.move' as const,
    key: 'move/A/1',
    landId: `run-1/${chain.at(-1)!.ticket}`,
    ticket: chain[0]!.ticket,
    old: world.base,
    new: chain.at(-1)!.commit,
    group: chain,
  });

  test('each commit holds just its ticket’s changes, and what landed before it is still there after it', async () => {
    const chain = await chainOf(works);
    expect(chain.map(({ commit }) => changes(commit))).toEqual([
      ['A\ta.txt', 'M\tlist.txt'],
      ['D\told.txt', 'M\tlist.txt'],
      ['A\tc.txt', 'M\tlist.txt'],
    ]);
    const last = chain.at(-1)!.commit;
    expect(show(last, 'list.txt')).toBe('ONE\ntwo\nthree\nFOUR\nfive\nsix\nSEVEN');
    expect(world.inDepot(`ls-tree --name-only ${last}`).split('\n')).toEqual([
      'README.md',
      'a.txt',
      'c.txt',
      'list.txt',
    ]);
  });

  test('lands by one move, told with a commit for each ticket; done again it is found', async () => {
    const chain = await chainOf(works);
    const { move, publisher } = effect();
    const intent = moveOf(chain);
    const told = {
      type: 'landing.landed',
      ticket: 'A',
      commit: chain[0]!.commit,
      rest: chain.slice(1),
      closes: 'move/A/1',
    };
    expect(await move.perform(intent, signal)).toMatchObject([told]);
    expect(world.tip()).toBe(chain[2]!.commit);
    expect(await move.reconcile(intent, signal)).toMatchObject([{ ...told, recovered: true }]);
    await publisher.settle();
    expect(world.sh(`git rev-parse refs/heads/${branch}`)).toBe(chain[2]!.commit);
  });

  test('002-4.7 that somebody rebased is found by the Land-Ids, each ticket as its own commit', async () => {
    const chain = await chainOf(works);
    const other = world.work('echo other > other.txt');
    world.sh(`git checkout -q --detach ${other}`, world.lane);
    const rebased = chain.map(({ ticket, commit }) => {
      world.sh(`git cherry-pick ${commit}`, world.lane);
      return { ticket, commit: oid(world.sh('git rev-parse HEAD', world.lane)) };
    });
    world.inDepot(`update-ref refs/heads/${branch} ${rebased[2]!.commit}`);
    const { move } = effect();
    const [event] = await move.reconcile(moveOf(chain), signal);
    expect(event).toMatchObject({
      type: 'landing.landed',
      commit: rebased[0]!.commit,
      rest: rebased.slice(1),
      recovered: true,
    });
  });

  test('a group before which another ticket landed lands nothing of it', async () => {
    const chain = await chainOf(works);
    world.work('echo other > other.txt');
    world.sh("git commit -q --amend -m 'other' -m 'Land-Id: run-1/OTHER'", world.lane);
    const other = oid(world.sh('git rev-parse HEAD', world.lane));
    world.inDepot(`update-ref refs/heads/${branch} ${other}`);
    const [event] = await effect().move.perform(moveOf(chain), signal);
    expect(event).toMatchObject({ type: 'landing.bounced', why: 'stale', tip: other, ticket: 'A' });
    expect(world.tip()).toBe(other);
  });
});

describe('an intake', () => {
  const intakeOf = (target: Oid, from = world.base, more: Partial<CandidateBuild> = {}) => {
    const ticket = ticketId(`intake/${target.slice(0, 12)}`);
    const { attempt, ...intent } = candidateIntent(world, target, {
      ...{ ticket, base: from },
      message: `chore(intake): merge work\n\nLand-Id: run-1/${ticket}\n`,
      ...more,
    });
    expect(attempt).toBeDefined();
    return intent;
  };
  /** Commits to the user's own branch. */
  const mine = (line: string) => {
    world.sh(`${line}\ngit add -A && git commit -q -m mine`);
    return oid(world.sh('git rev-parse HEAD'));
  };
  const land = (line: string) => {
    const commit = world.work(line);
    world.inDepot(`update-ref refs/heads/${branch} ${commit}`);
    return commit;
  };

  test('D4 is a merge commit of both, the run’s branch first, with its Land-Id, and borrows nothing that can go', async () => {
    const ours = land('echo t > t.txt');
    const target = mine('echo mine > mine.txt');
    const event = await build(intakeOf(target));
    if (event.type !== 'landing.prepared') throw new Error(`unexpected ${JSON.stringify(event)}`);
    expect(world.inDepot(`log -1 --format=%P ${event.commit}`)).toBe(`${ours} ${target}`);
    expect(world.inDepot(`log -1 --format=%B ${event.commit}`)).toContain(
      `Land-Id: run-1/intake/${target.slice(0, 12)}`,
    );
    expect(show(event.commit, 't.txt')).toBe('t');
    expect(show(event.commit, 'mine.txt')).toBe('mine');
    expect(world.sh(`git rev-parse refs/sage/base/${target}`)).toBe(target);
    expect(await build({ ...intakeOf(target), at: '2026-11-21T08:00:00.000Z' })).toMatchObject({
      commit: event.commit,
    });
  });

  test('D4 is needless when the run’s branch holds it', async () => {
    const target = mine('echo mine > mine.txt');
    world.inDepot(`update-ref refs/heads/${branch} ${target}`);
    expect((await build(intakeOf(target))).type).toBe('intake.contained');
  });

  test('D4 in conflict with what landed names the files; with something unlanded it waits for that', async () => {
    const ahead = await chainOf({ A: 'echo a > a.txt', B: 'sed -i s/two/TWO/ list.txt' });
    const target = mine('sed -i s/two/2/ list.txt');
    const tip = world.tip();
    expect(
      await build(intakeOf(target, world.base, { onto: ahead[1]!.commit, tip, ahead })),
    ).toMatchObject({ type: 'landing.set-aside', behind: 'B' });
    world.inDepot(`update-ref refs/heads/${branch} ${ahead[1]!.commit}`);
    expect(await build(intakeOf(target))).toMatchObject({
      type: 'landing.conflicted',
      files: ['list.txt'],
    });
  });

  test.each(['rewound', 'rewritten'])('D4 a target that was %s is left alone', async (how) => {
    const before = mine('echo mine > mine.txt');
    world.sh('git reset -q --hard HEAD~1');
    const now = how === 'rewound' ? world.base : mine('echo other > other.txt');
    expect(await build(intakeOf(now, before))).toMatchObject({
      type: 'intake.left',
      isRewound: true,
      failure: { code: 'land/target-moved' },
    });
  });
});
