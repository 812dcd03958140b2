import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rig } from '../rig/rig.js';
import { endSpoilt, preparedRig, SmallDisk, workAtLength } from '../rig/small-disk.js';

const WORKS = { '*': [{ write: { '{ticket}.txt': 'done\n' } }] };
const runsOf = (rig: Rig) => join(rig.gitDir, 'sage/runs');
const called = (rig: Rig) => rig.calls().map(({ ticket }) => ticket);

/** The run goes on with agents that work, and everything lands; nobody is called for A again. */
async function resumesToTheEnd(rig: Rig): Promise<void> {
  await rig.script(WORKS);
  const { code, stdout, stderr } = await rig.run('resume');
  expect(`${stderr}${stdout}`).toContain('2 landed');
  expect(code).toBe(0);
  expect(called(rig)).toEqual(['A', 'B']);
  expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  expect(rig.read('A.txt')).toBe('done\n');
}

describe('as root on Linux, on a small disk of its own', () => {
  test('002-7.2 003-7.8 the journal’s disk is full: said with where, how much is free and the way out; the finished agent is not called again', async () => {
    await using rig = await preparedRig('work', 'A', 'B');
    using disk = new SmallDisk(runsOf(rig));
    const { code, stderr } = await endSpoilt(rig, () => disk.fill());
    expect(stderr).toContain('disk/full');
    expect(stderr).toMatch(/the disk of .*\/sage\/runs.* is full: 0 KiB and \d+ files free/);
    expect(stderr).toContain('`sage resume` goes on');
    expect(code).toBe(1);
    disk.empty();
    await resumesToTheEnd(rig);
  });

  test('003-7.8 a journal that cannot be written ends the agents at work and keeps what they did', async () => {
    await using rig = await preparedRig('work', 'A', 'B');
    using disk = new SmallDisk(runsOf(rig));
    const run = rig.start('stream', '--auto', '--parallel=2');
    const [first, second] = [await rig.agent.for('A'), await rig.agent.for('B')];
    await workAtLength(first);
    await second.do({ write: { 'B.txt': 'half\n' } });
    disk.fill();
    await first.exit();
    expect((await run.wait()).code).toBe(1);
    expect(rig.processes()).toEqual([]);
    disk.empty();
    // It goes on where the first one stood.
    await rig.script({ B: [{ shell: 'cp B.txt found.txt' }, { write: { 'B.txt': 'done\n' } }] });
    expect((await rig.run('resume')).code).toBe(0);
    expect(called(rig).filter((ticket) => ticket === 'A')).toHaveLength(1);
    expect(called(rig).filter((ticket) => ticket === 'B')).toHaveLength(2);
    expect(rig.read('found.txt')).toBe('half\n');
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  });

  test('002-7.2 no inode is left for a run: what runs lands, nothing more is started, and the next start goes on when there are some', async () => {
    await using rig = await preparedRig('work', 'A', 'B');
    using disk = new SmallDisk(runsOf(rig), { inodes: 300 });
    const { code, stderr, stdout } = await endSpoilt(rig, () => disk.fillInodes());
    expect(`${stderr}${stdout}`).toMatch(/is full: \d+ MiB and 0 files free/);
    expect(code).toBe(1);
    disk.empty();
    await rig.script(WORKS);
    expect((await rig.run('stream', '--auto')).code).toBe(0);
    expect(called(rig)).toEqual(['A', 'B']);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  });

  test('002-7.2 a disk that turns read-only stops the run cleanly, and it goes on when it is writable', async () => {
    await using rig = await preparedRig('work', 'A', 'B');
    using disk = new SmallDisk(join(rig.gitDir, 'sage'), { bytes: 64 * 1024 * 1024 });
    const { code, stderr } = await endSpoilt(rig, () => disk.protect());
    expect(stderr).toContain('disk/not-writable');
    expect(stderr).not.toContain('internal/bug');
    expect(code).toBe(1);
    const refused = await rig.run('resume');
    expect(refused.stderr).toContain('disk/not-writable');
    expect(refused.code).toBe(1);
    disk.release();
    await resumesToTheEnd(rig);
  });

  test('002-7.2 work that finds no room in the depot blames no ticket: the run stops, and `resume` takes the work up', async () => {
    await using rig = await preparedRig('work', 'A', 'B', 'FIRST');
    await rig.script(WORKS);
    expect((await rig.stream('--only', 'FIRST')).code).toBe(0);
    await rig.script({});
    using disk = new SmallDisk(join(rig.gitDir, 'sage/depot.git/objects'));
    const run = rig.start('stream', '--auto', '--json');
    const call = await rig.agent.for('A');
    await call.do({ write: { 'A.txt': 'done\n' } });
    disk.fill();
    await call.exit();
    const { code, stdout } = await run.wait();
    expect(stdout).toContain('"type":"run.suspended"');
    expect(stdout).toContain('disk/full');
    expect(code).toBe(1);
    expect(rig.states()).toMatchObject({ A: 'IN_PROGRESS', B: 'UNPROCESSED' });
    disk.empty();
    await rig.script(WORKS);
    expect((await rig.run('resume')).code).toBe(0);
    expect(called(rig)).toEqual(['FIRST', 'A', 'B']);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED', FIRST: 'COMPLETED' });
  });

  test('002-7.2 an agent that is not called for want of room costs nothing and is called when there is some', async () => {
    await using rig = await preparedRig('work', 'A', 'B');
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await call.do({ write: { 'A.txt': 'done\n' } });
    const [name = ''] = readdirSync(runsOf(rig));
    // The journal has room, the agents' own folders have none.
    using disk = new SmallDisk(join(runsOf(rig), name, 'attempts'));
    disk.fill();
    await call.exit();
    const { code, stderr } = await run.wait();
    expect(stderr).toContain('disk/full');
    expect(code).toBe(1);
    expect(called(rig)).toEqual(['A']);
    disk.empty();
    await resumesToTheEnd(rig);
  });
});

describe('what a finished agent has done', () => {
  test('002-7.2 an end that cannot be remembered is used as it was told: nobody is called twice', async () => {
    await using rig = await preparedRig('work', 'A', 'B');
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await call.do({ write: { 'A.txt': 'done\n' } });
    const [name = ''] = readdirSync(runsOf(rig));
    mkdirSync(join(runsOf(rig), name, 'attempts/A-1/end.json'));
    await rig.script(WORKS);
    await call.exit();
    expect((await run.wait()).code).toBe(0);
    expect(called(rig)).toEqual(['A', 'B']);
  });
});

describe('what git or the index cannot do', () => {
  test('a git that cannot tell what is undelivered refuses the start: nothing is done twice', async () => {
    await using rig = await preparedRig('work', 'A', 'B');
    await rig.script(WORKS);
    const git = (await rig.shell('command -v git')).stdout.trim();
    rmSync(join(rig.places.bin, 'git'));
    const real = git.startsWith(rig.places.bin) ? '/usr/bin/git' : git;
    await rig.program(
      'git',
      `case "$*" in *--no-merged*) echo broken >&2; exit 1;; esac\nexec ${real} "$@"`,
    );
    for (const args of [['stream', '--auto'], ['deliver'], ['stream', '--dry-run']]) {
      const { code, stderr } = await rig.run(...args);
      expect(stderr).toContain('git/failed');
      expect(stderr).toContain('broken');
      expect(code).toBe(2);
    }
    expect((await rig.run('validate')).stdout).toContain('broken');
    expect(called(rig)).toEqual([]);
  });

  test.each(['stream', 'resume'])(
    'states that a finished run could not write are written by the next `%s`',
    async (verb) => {
      await using rig = await Rig.create({ branch: 'work', sage: 'ignored' });
      await rig.tickets([{ id: 'A' }, { id: 'B' }]);
      await rig.config();
      const run = rig.start('stream', '--auto', '--only', 'A');
      const call = await rig.agent.for('A');
      await call.do({ write: { 'A.txt': 'done\n' } });
      await rig.event('tickets.projected');
      const index = rig.read('.sage/tickets/index.json');
      writeFileSync(join(rig.checkout, '.sage/tickets/index.json'), '{ broken');
      await call.exit();
      expect((await run.wait()).code).toBe(1);

      await rig.script(WORKS);
      const refused = await rig.run(...(verb === 'stream' ? ['stream', '--auto'] : ['resume']));
      expect(refused.code).not.toBe(0);
      writeFileSync(join(rig.checkout, '.sage/tickets/index.json'), index);
      const next = await rig.run(...(verb === 'stream' ? ['stream', '--auto'] : ['resume']));
      expect(next.stderr).toContain('now they stand there: A COMPLETED');
      expect(next.code).toBe(0);
      expect(rig.states()).toEqual({
        A: 'COMPLETED',
        B: verb === 'stream' ? 'COMPLETED' : 'UNPROCESSED',
      });
      expect((await rig.run('resume')).stderr).not.toContain('now they stand there');
    },
  );

  test('a process that lost the run to another one stops before it lands or writes anything', async () => {
    await using rig = await preparedRig('work', 'A');
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await call.do({ write: { 'A.txt': 'done\n' } });
    const owner = join(rig.gitDir, 'sage/owner.json');
    writeFileSync(owner, '{"pid":1}');
    await call.exit();
    const { code, stderr } = await run.wait();
    expect(stderr).toContain('run/owned');
    expect(code).toBe(1);
    expect(rig.states()).toEqual({ A: 'IN_PROGRESS' });
    expect(existsSync(join(rig.checkout, 'A.txt'))).toBe(false);
    rmSync(owner, { force: true });
    await rig.script(WORKS);
    expect((await rig.run('resume')).code).toBe(0);
    expect(called(rig)).toEqual(['A']);
  });
});
