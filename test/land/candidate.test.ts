import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCandidateBuild } from '../../lib/land/candidate.js';
import { oid, type Oid } from '../../lib/model/ids.js';
import type { CandidateBuild } from '../../lib/model/intent.js';
import { branch, candidateIntent, createLandWorld, identity, type LandWorld } from './world.js';

let world: LandWorld;
beforeEach(async () => {
  world = await createLandWorld(async (user) => {
    await user.write('src/a.txt', 'a1\na2\na3\na4\na5\na6\n');
    await user.write('src/b.txt', 'b\n');
    await user.write('.sage/tickets/index.json', '{"tickets":[]}\n');
    user.commit('base');
  });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
const build = async (intent: CandidateBuild) => {
  const effect = createCandidateBuild({ depot: world.depot, identity, pin: world.pin });
  const [event, ...more] = await effect.perform(intent, signal);
  expect(more).toEqual([]);
  expect(event?.closes).toBe(intent.key);
  return event!;
};
const prepared = async (intent: CandidateBuild) => {
  const event = await build(intent);
  if (event.type !== 'landing.prepared') throw new Error(`unexpected ${JSON.stringify(event)}`);
  return event;
};
/** Somebody else's work lands: the run's branch moves. */
const land = (commit: Oid) => world.inDepot(`update-ref refs/heads/${branch} ${commit}`);
const diff = (from: Oid, to: Oid) => world.inDepot(`diff --name-status --no-renames ${from} ${to}`);

describe('a candidate of one commit', () => {
  test('002-4.6 merges onto what landed meanwhile and carries the message, trailers and dates it was given', async () => {
    const work = world.work('echo new > src/new.txt && sed -i s/a1/A1/ src/a.txt');
    const other = world.work('echo b2 > src/b.txt && sed -i s/a6/A6/ src/a.txt');
    land(other);
    const intent = candidateIntent(world, work);
    const event = await prepared(intent);
    expect(event).toMatchObject({ onto: other, files: 2, ticket: 'T-1' });
    expect(diff(other, event.commit)).toBe('M\tsrc/a.txt\nA\tsrc/new.txt');
    const shown = world.inDepot(`log -1 --format=%P%n%an%n%ce%n%aI%n%cI%n%T%n%B ${event.commit}`);
    expect(shown.split('\n').slice(0, 6)).toEqual([
      other,
      'Sage',
      'sage@example.org',
      '2026-11-21T08:00:00+00:00',
      '2026-11-21T08:00:00+00:00',
      event.tree,
    ]);
    expect(shown).toContain('feat(t): #T-1 title\n\nCloses: #T-1\nLand-Id: run-1/T-1');
    expect(world.inDepot(`rev-parse refs/sage/candidate/${intent.name}`)).toBe(event.commit);
  });

  test('done again, after a crash or not, it is the same object', async () => {
    const intent = candidateIntent(world, world.work('echo x > src/x.txt'));
    const first = await prepared(intent);
    const effect = createCandidateBuild({ depot: world.depot, identity, pin: world.pin });
    expect(await effect.reconcile(intent, signal)).toEqual([first]);
  });

  test('a conflict names its files and leaves nothing behind', async () => {
    const work = world.work('sed -i s/a3/mine/ src/a.txt');
    land(world.work('sed -i s/a3/theirs/ src/a.txt'));
    const intent = candidateIntent(world, work);
    expect(await build(intent)).toMatchObject({
      type: 'landing.conflicted',
      onto: world.tip(),
      files: ['src/a.txt'],
    });
    expect(world.inDepot('for-each-ref refs/sage/candidate')).toBe('');
  });

  test('work that somebody else did already is empty', async () => {
    const work = world.work('echo same > src/same.txt');
    land(world.work('echo same > src/same.txt && echo more > src/more.txt'));
    expect((await build(candidateIntent(world, work))).type).toBe('landing.emptied');
  });

  test('002-4.5 deletions, renames, modes, spaces, newlines, binaries and links land', async () => {
    const work = world.work(
      [
        'git rm -q src/b.txt && git mv src/a.txt src/moved.txt && chmod +x README.md',
        'echo s > "with space.txt" && echo n > "new\nline.txt" && echo u > ünï.txt',
        "printf '\\000\\377\\001' > bytes.bin && ln -s README.md link",
      ].join('\n'),
    );
    land(world.work('sed -i s/a4/A4/ src/a.txt && echo other > other.txt'));
    const { commit } = await prepared(candidateIntent(world, work));
    const names = world.inDepot(
      `-c core.quotePath=false ls-tree -r --format='%(objectmode) %(path)' ${commit}`,
    );
    expect(names.split('\n').sort()).toEqual(
      [
        '100644 .sage/tickets/index.json',
        '100755 README.md',
        '100644 bytes.bin',
        '120000 link',
        String.raw`100644 "new\nline.txt"`,
        '100644 other.txt',
        '100644 src/moved.txt',
        '100644 with space.txt',
        '100644 ünï.txt',
      ].sort(),
    );
    expect(world.inDepot(`show ${commit}:src/moved.txt`)).toContain('A4');
    expect(
      world.sh(`git cat-file blob ${commit}:bytes.bin | od -An -tx1`, world.depot.path).trim(),
    ).toBe('00 ff 01');
  });

  test('a change to a file that others renamed meanwhile lands in the renamed file', async () => {
    const work = world.work('sed -i s/a2/A2/ src/a.txt');
    land(world.work('git mv src/a.txt src/renamed.txt'));
    const { commit } = await prepared(candidateIntent(world, work));
    expect(world.inDepot(`show ${commit}:src/renamed.txt`)).toContain('A2');
  });

  test('work whose recorded base is wrong would undo what others landed, and is refused', async () => {
    const other = world.work('echo theirs > src/theirs.txt');
    land(other);
    // As if an agent had started from a commit that already held the other's file and had lost it again.
    const stolen = world.work('git rm -q src/theirs.txt && echo x > src/x.txt', other);
    const event = await build(candidateIntent(world, stolen));
    expect(event).toMatchObject({
      type: 'landing.bounced',
      why: 'failed',
      failure: { code: 'internal/bug', evidence: 'src/theirs.txt' },
    });
    expect(world.inDepot('for-each-ref refs/sage/candidate')).toBe('');
  });
});

describe("a candidate of the agent's own commits", () => {
  const commits = (from: Oid, to: Oid) =>
    world.inDepot(`rev-list --reverse ${from}..${to}`).split('\n').map(oid);

  test('keeps their authors, dates and messages, and puts the trailers on the last', async () => {
    const lines = [
      'git checkout -q -f --detach ' + world.base,
      'echo 1 > one.txt && git add -A',
      'git commit -q --author="Bob <bob@example.org>" --date="2026-01-02T03:04:05+0100" -m "one" -m "body"',
      'echo 2 > two.txt && sed -i s/a1/A1/ src/a.txt && git add -A',
      'git commit -q -m "two" -m "Signed-off-by: Bob <bob@example.org>"',
    ];
    world.sh(lines.join('\n'), world.lane);
    const work = oid(world.sh('git rev-parse HEAD', world.lane));
    const own = commits(world.base, work);
    land(world.work('sed -i s/a6/A6/ src/a.txt'));
    const event = await prepared(candidateIntent(world, work, { commits: own }));
    const landed = commits(event.onto, event.commit);
    expect(landed).toHaveLength(2);
    expect(world.inDepot(`log -1 --format=%an:%aI:%cn:%cI ${landed[0]}`)).toBe(
      'Bob:2026-01-02T03:04:05+01:00:Sage:2026-11-21T08:00:00+00:00',
    );
    expect(world.inDepot(`log -1 --format=%B ${landed[0]}`)).toBe('one\n\nbody\n');
    expect(world.inDepot(`log -1 --format=%B ${landed[1]}`)).toBe(
      'two\n\nSigned-off-by: Bob <bob@example.org>\nCloses: #T-1\nLand-Id: run-1/T-1\n',
    );
    expect(world.inDepot(`rev-parse ${event.commit}^{tree}`)).toBe(event.tree);
    expect(diff(event.onto, landed[0]!)).toBe('A\tone.txt');
  });

  test('002-4.8 drops edits of the ticket index, and what was left uncommitted follows as a commit', async () => {
    const lines = [
      'git checkout -q -f --detach ' + world.base,
      'echo 1 > one.txt && echo "{}" > .sage/tickets/index.json && git add -A && git commit -q -m one',
      'echo "[]" > .sage/tickets/index.json && git commit -q -a -m "tickets only"',
    ];
    world.sh(lines.join('\n'), world.lane);
    const own = commits(world.base, oid(world.sh('git rev-parse HEAD', world.lane)));
    const work = world.work('echo 1 > one.txt && echo left > leftover.txt');
    const event = await prepared(candidateIntent(world, work, { commits: own }));
    const landed = commits(event.onto, event.commit);
    expect(landed.map((one) => world.inDepot(`log -1 --format=%s ${one}`))).toEqual([
      'one',
      'feat(t): #T-1 title',
    ]);
    expect(landed.map((one) => diff(oid(`${one}^`), one))).toEqual([
      'A\tone.txt',
      'A\tleftover.txt',
    ]);
  });

  test('a merge commit among them lands as what it did to its first parent', async () => {
    const lines = [
      'git checkout -q -f --detach ' + world.base,
      'echo s > side.txt && git add -A && git commit -q -m side && side=$(git rev-parse HEAD)',
      'git checkout -q -f --detach ' + world.base,
      'echo t > top.txt && git add -A && git commit -q -m top && git merge -q --no-ff -m merged $side',
    ];
    world.sh(lines.join('\n'), world.lane);
    const work = oid(world.sh('git rev-parse HEAD', world.lane));
    const firstParents = `rev-list --reverse --first-parent ${world.base}..${work}`;
    const own = world.inDepot(firstParents).split('\n').map(oid);
    land(world.work('sed -i s/a6/A6/ src/a.txt'));
    const event = await prepared(candidateIntent(world, work, { commits: own }));
    const landed = commits(event.onto, event.commit);
    expect(landed.map((one) => world.inDepot(`log -1 --format=%s ${one}`))).toEqual([
      'top',
      'merged',
    ]);
    expect(landed.map((one) => diff(oid(`${one}^`), one))).toEqual(['A\ttop.txt', 'A\tside.txt']);
    expect(world.inDepot(`log -1 --format=%P ${event.commit}`)).toBe(landed[0]);
  });

  test('lands as one commit when they do not apply one by one although the whole does', async () => {
    const lines = [
      'git checkout -q -f --detach ' + world.base,
      'sed -i s/a3/wrong/ src/a.txt && git commit -q -a -m wrong',
      'sed -i s/wrong/theirs/ src/a.txt && echo x > x.txt && git add -A && git commit -q -m right',
    ];
    world.sh(lines.join('\n'), world.lane);
    const work = oid(world.sh('git rev-parse HEAD', world.lane));
    land(world.work('sed -i s/a3/theirs/ src/a.txt'));
    const own = commits(world.base, work);
    const event = await prepared(candidateIntent(world, work, { commits: own }));
    expect(commits(event.onto, event.commit)).toHaveLength(1);
    expect(diff(event.onto, event.commit)).toBe('A\tx.txt');
  });
});
