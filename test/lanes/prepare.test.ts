import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed } from '../../lib/model/failure.js';
import { oid, runId } from '../../lib/model/ids.js';
import { laneEnvironment } from '../../lib/lanes/lane.js';
import { readyLane } from '../../lib/lanes/ready-lane.js';
import { vaultOf } from '../../lib/git/vault.js';
import { createWorld } from '../git/world.js';
import { createYard, fingerprint } from './yard.js';

const never = new AbortController().signal;

describe('preparing a lane', () => {
  test('it is made when first needed, outside the repository, and reused with its ignored files', async () => {
    await using world = await createWorld();
    await world.write('.gitignore', 'cache/\n');
    world.commit('ignore');
    const yard = await createYard(world);
    expect(await yard.prepare()).toMatchObject({ wasNew: true, closes: 'key' });
    yard.agent('mkdir cache; echo x > cache/x; echo x > new; echo x > README.md');
    await yard.harvest();
    expect(await yard.prepare({ attempt: 2 })).toMatchObject({ wasNew: false });
    expect(yard.agent('cat cache/x README.md; ls')).toBe('x\none\ntwo\nthree\nREADME.md\ncache\n');
    expect(yard.lane.path.startsWith(world.repo)).toBe(false);
  });

  test('it stands exactly on the base it was given, also when the branch went on', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    await world.write('b', 'b');
    const next = world.commit('second');
    await yard.prepare();
    expect(yard.agent('git rev-parse HEAD')).toBe(`${yard.base}\n`);
    await yard.prepare({ attempt: 2, base: next });
    expect(yard.agent('git rev-parse HEAD')).toBe(`${next}\n`);
  });

  test('a base that does not exist is a failure and no agent starts', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    const event = await yard.prepare({ base: oid('1'.repeat(40)) });
    expect(event).toMatchObject({ type: 'lane.failed', failure: { code: 'lane/not-created' } });
  });

  test('twelve lanes made at once do not disturb each other', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    const slots = Array.from({ length: 12 }, (_, index) => index + 1);
    const events = await Promise.all(slots.map((slot) => yard.prepare({ slot })));
    expect(events.map(({ type }) => type)).toEqual(slots.map(() => 'lane.prepared'));
  });

  test('a process that would not end keeps the next agent out', async () => {
    await using world = await createWorld();
    const failure = { code: 'lane/processes-left', message: '4711 sleep' } as const;
    const yard = await createYard(world, undefined, {
      noProcessLeft: () => Promise.resolve(failed(failure)),
    });
    expect(await yard.prepare()).toMatchObject({ type: 'lane.failed', failure });
  });

  test('a lane that is broken beyond mending is put aside, never deleted, and made anew', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    await yard.prepare();
    yard.agent('echo precious > precious; rm -rf "$(git rev-parse --git-dir)"');
    expect(await yard.prepare({ attempt: 2 })).toMatchObject({
      type: 'lane.prepared',
      wasNew: true,
      notes: [expect.stringMatching(/put aside/)],
    });
    const aside = join(yard.yard.root, 'aside/lane-1-1/precious');
    expect(await readFile(aside, 'utf8')).toBe('precious\n');
  });

  test('a lane whose folder somebody deleted is made anew', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    await yard.prepare();
    await rm(yard.lane.path, { recursive: true });
    expect(await yard.prepare({ attempt: 2 })).toMatchObject({
      type: 'lane.prepared',
      wasNew: true,
    });
  });

  test('002-7.1 work that an attempt of a dead run left is kept before the lane is used again', async () => {
    await using world = await createWorld();
    const dead = await createYard(world, undefined, { run: runId('20261120-000000-dead') });
    await dead.prepare({ attempt: 3 });
    dead.agent('echo precious > precious; echo x > README.md');
    const yard = await createYard(world);
    expect(await yard.prepare()).toMatchObject({
      notes: [expect.stringMatching(/T-1#3 was kept/)],
    });
    const kept = 'refs/sage/kept/20261120-000000-dead/T-1/3';
    expect(world.sh(`git show ${kept}:precious ${kept}:README.md`, vaultOf(yard.yard.depot))).toBe(
      'precious\nx',
    );
  });

  test('each lane has a temporary folder, emptied before each attempt, and ports of its own', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    await yard.prepare();
    const { TMPDIR, SAGE_PORT_BASE, SAGE_LANE } = yard.lane.env;
    await writeFile(join(TMPDIR!, 'x'), '');
    await yard.prepare({ attempt: 2 });
    expect(existsSync(join(TMPDIR!, 'x'))).toBe(false);
    expect(existsSync(TMPDIR!)).toBe(true);
    expect([SAGE_LANE, SAGE_PORT_BASE]).toEqual(['lane-1', '20100']);
    const ports = ['lane-1', 'lane-2', 'check-1', 'verify'].map(
      (name) => laneEnvironment('/x', name)['SAGE_PORT_BASE'],
    );
    expect(new Set(ports).size).toBe(4);
  });

  test('a lane for checks is no attempt: nothing in it is kept', async () => {
    await using world = await createWorld();
    const yard = await createYard(world);
    const wish = { name: 'check-1', commit: yard.base, occasion: 'checks', cancel: never };
    const first = await readyLane(yard.yard, wish);
    if (!first.ok) throw new Error(first.failure.message);
    await writeFile(join(first.value.lane.path, 'built'), '');
    const second = await readyLane(yard.yard, wish);
    expect(second).toMatchObject({ ok: true, value: { wasNew: false, notes: [] } });
    expect(existsSync(join(first.value.lane.path, 'built'))).toBe(false);
    expect(world.sh('git for-each-ref refs/sage', vaultOf(yard.yard.depot))).toBe('');
  });
});

describe('the set-up of a lane', () => {
  test('copies files and folders, never a link, and runs its commands once per lane', async () => {
    await using world = await createWorld();
    await world.write('.gitignore', '.env*\ndeps/\n.count\n');
    world.commit('ignore');
    await world.write('.env', 'secret\n');
    await world.write('real', 'linked\n');
    world.sh('ln -s "$PWD/real" .env.local; rm -f real.tmp');
    await world.write('deps/a/index.js', '1\n');
    const yard = await createYard(world, { copy: ['.env*', 'deps'], run: ['echo x >> .count'] });
    const before = fingerprint(world);
    await yard.prepare();
    expect(yard.agent('cat .env .env.local deps/a/index.js .count; find . -type l')).toBe(
      'secret\nlinked\n1\nx\n',
    );
    yard.agent('echo bad > .env; echo bad > deps/a/index.js; echo bad > .env.local');
    expect(fingerprint(world)).toEqual(before);
    await yard.harvest();
    await yard.prepare({ attempt: 2 });
    expect(yard.agent('cat .env .count')).toBe('secret\nx\n');
  });

  test('runs again when a lock file changed', async () => {
    await using world = await createWorld();
    await world.write('.gitignore', '.count\n');
    await world.write('package-lock.json', '1');
    const one = world.commit('one');
    await world.write('package-lock.json', '2');
    const two = world.commit('two');
    const yard = await createYard(world, { copy: [], run: ['echo x >> .count'] });
    for (const [attempt, base] of [one, one, two].entries()) await yard.prepare({ attempt, base });
    expect(yard.agent('cat .count')).toBe('x\nx\n');
  });

  test('that fails is a failure of the lane with its log named, and is tried again next time', async () => {
    await using world = await createWorld();
    const yard = await createYard(world, { copy: [], run: ['echo no such thing; exit 3'] });
    const event = await yard.prepare();
    if (event.type !== 'lane.failed') throw new Error(event.type);
    expect(event.failure).toMatchObject({
      code: 'lane/setup-failed',
      evidence: expect.stringMatching(/no such thing/),
    });
    expect(event.failure.message).toMatch(/ended with code 3/);
    expect(readFileSync(event.failure.where!.file, 'utf8')).toBe('no such thing\n');
    expect((await yard.prepare({ attempt: 2 })).type).toBe('lane.failed');
  });

  test.each(['missing', '../outside', '.git/config', '/etc/passwd', 'no-*'])(
    'refuses to copy %s',
    async (pattern) => {
      await using world = await createWorld();
      const yard = await createYard(world, { copy: [pattern], run: [] });
      expect(await yard.prepare()).toMatchObject({
        type: 'lane.failed',
        failure: { code: 'lane/setup-failed' },
      });
    },
  );

  test("what it makes or edits is not taken for the agent's work", async () => {
    await using world = await createWorld();
    await world.write('secret.txt', 'key\n');
    const yard = await createYard(world, {
      copy: ['secret.txt'],
      run: ['echo made > made; echo edited > README.md'],
    });
    await yard.prepare();
    yard.agent('echo work > work; git add -A; git commit -q -m all');
    const { harvest } = await yard.harvest();
    expect(harvest?.files).toEqual(['work']);
    await yard.prepare({ attempt: 2 });
    expect(yard.agent('cat made; head -1 README.md')).toBe('made\none\n');
  });

  test('a root that cannot be written is told in plain words', async () => {
    await using world = await createWorld();
    await writeFile(join(world.root, 'file'), '');
    await chmod(join(world.root, 'file'), 0o444);
    const yard = await createYard(world, undefined, { root: join(world.root, 'file/lanes') });
    expect(await yard.prepare()).toMatchObject({
      type: 'lane.failed',
      failure: { code: 'lane/not-created' },
    });
  });
});
