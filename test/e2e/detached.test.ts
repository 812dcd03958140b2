import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { begunSchema, type Begun } from '../../lib/model/answer-schemas.js';
import { Rig } from '../rig/rig.js';
import { repositoryRoot } from '../rig/home.js';
import { until } from '../rig/within.js';

const done = { '{ticket}.txt': 'done\n' };

async function withTickets(ids: readonly string[]) {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await rig.tickets(ids.map((id) => ({ id })));
  return rig;
}

async function detached(rig: Rig, ...flags: readonly string[]): Promise<Begun> {
  const { code, stdout, stderr } = await rig.run(
    'stream',
    '--auto',
    '--detach',
    '--json',
    ...flags,
  );
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const begun = JSON.parse(stdout) as Begun;
  expect(begunSchema.parse(begun)).toEqual(begun);
  return begun;
}

const isThere = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const over = (rig: Rig) =>
  until(
    () => (rig.processes().length === 0 ? true : undefined),
    20_000,
    () => 'the run did not end',
  );

describe('a run that outlives its shell', () => {
  test('002-9.4 it answers with its id once it is planned, its output goes into its folder, and it is followed to its end', async () => {
    await using rig = await withTickets(['A', 'B']);
    const begun = await detached(rig);
    expect(rig.journal(begun.run)[0]).toMatchObject({ type: 'run.planned', run: begun.run });
    expect(begun).toMatchObject({ target: 'work', tickets: 2, slots: 1, isResumed: false });
    expect(begun.output).toBe(join(rig.gitDir, 'sage/runs', begun.run, 'output.log'));
    await (await rig.agent.for('A')).succeed({ 'A.txt': 'a\n' });
    const follower = rig.start('status', '--follow');
    await follower.says(`run ${begun.run}: running (process ${begun.pid})`);
    await (await rig.agent.for('B')).succeed({ 'B.txt': 'b\n' });
    const end = await follower.wait();
    expect([end.code, end.stderr]).toEqual([0, '']);
    expect(end.stdout).toContain('2 landed');
    await over(rig);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
    const lines = readFileSync(begun.output, 'utf8').trim().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'run.finished', exitCode: 0 });
    expect(readdirSync(join(rig.gitDir, 'sage/output'))).toEqual([]);
  });

  test('in plain words: the run, its process, its file and how to go on; the file holds what a terminal would have shown', async () => {
    await using rig = await withTickets(['A']);
    await rig.script({ '*': [{ write: done }] });
    const { code, stdout, stderr } = await rig.run('stream', '--auto', '--detach');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^First run in this repository/);
    expect(stdout).toMatch(/^run \S+: 1 ticket, one at a time, lands on sage\//m);
    const [, run] = /^run (\S+):/m.exec(stdout)!;
    const [, output] = /^detached: it goes on as process \d+, its output is in (\S+)$/m.exec(
      stdout,
    )!;
    expect(stdout).toContain('sage status --follow');
    expect((await rig.run('status', run!, '--follow')).code).toBe(0);
    await over(rig);
    expect(rig.read(output!)).toMatch(/\[A\] landed[\s\S]*delivered/);
  });

  test.each([
    ['wrong usage', ['--parallel=x'], 2, '--parallel cannot be "x"'],
    ['no checks', ['--agent', 'nobody'], 2, 'there is no agent named "nobody"'],
  ])(
    'a refusal (%s) reaches the caller with its code, and nothing is left',
    async (_, flags, code, said) => {
      await using rig = await withTickets(['A']);
      const end = await rig.run('stream', '--auto', '--detach', ...flags);
      expect([end.code, end.stdout]).toEqual([code, '']);
      expect(end.stderr).toContain(said);
      const asJson = await rig.run('stream', '--auto', '--detach', '--json', ...flags);
      expect(asJson.code).toBe(code);
      expect(JSON.parse(asJson.stdout)).toMatchObject({ failures: [expect.anything()] });
      expect(asJson.stderr).toContain(said);
      await over(rig);
    },
  );

  test('a cycle is refused with 3, a second run with 2, and nothing to do is 0', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([
      { id: 'A', dependencies: ['B'] },
      { id: 'B', dependencies: ['A'] },
    ]);
    const cycle = await rig.run('stream', '--auto', '--detach', '--parallel=2');
    expect([cycle.code, cycle.stderr]).toEqual([3, expect.stringContaining('cycle')]);
    await rig.tickets([{ id: 'C' }]);
    await detached(rig);
    const call = await rig.agent.for('C');
    const second = await rig.run('stream', '--auto', '--detach');
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('is going on here')]);
    await call.succeed({ 'C.txt': 'c\n' });
    await over(rig);
    const none = await rig.run('stream', '--auto', '--detach');
    expect([none.code, none.stdout]).toEqual([0, expect.stringContaining('nothing to work on')]);
  });

  test('it survives a terminal that is closed, its shell killed and the process group ended', async () => {
    await using rig = await withTickets(['A']);
    await rig.program('sage', `exec node "${join(repositoryRoot, 'bin/sage')}" "$@"`);
    // A real terminal: `script` gives the shell one of its own and is then killed, as a closed window kills it.
    const shell = 'sage stream --auto --detach > "$HOME/said"; echo began; exec sleep 1000';
    const terminal = spawn('script', ['--quiet', '--return', '--command', shell, '/dev/null'], {
      cwd: rig.checkout,
      env: rig.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const call = await rig.agent.for('A');
    await once(terminal.stdout, 'data');
    const said = readFileSync(join(rig.places.home, 'said'), 'utf8');
    const pid = Number(/process (\d+)/.exec(said)![1]);
    const sleeper = rig.processes().find(({ command }) => command.startsWith('sleep'))!;
    const ended = once(terminal, 'close');
    process.kill(-terminal.pid!, 'SIGKILL');
    await ended;
    await until(
      () => (isThere(sleeper.pid) ? undefined : true),
      20_000,
      () => 'the shell did not get its hang-up',
    );
    expect(isThere(pid)).toBe(true);
    await call.succeed({ 'A.txt': 'a\n' });
    expect((await rig.run('status', '--follow')).code).toBe(0);
    await over(rig);
    expect(rig.states()).toEqual({ A: 'COMPLETED' });
  });

  test('it survives a signal to the process group that it was started from', async () => {
    await using rig = await withTickets(['A']);
    const starter = rig.startWith(
      { via: ['sh', '-c', '"$@"; echo began; exec sleep 1000', 'sh'] },
      ...['stream', '--auto', '--detach'],
    );
    await starter.says('began');
    process.kill(-starter.pid, 'SIGHUP');
    await starter.wait();
    await (await rig.agent.for('A')).succeed({ 'A.txt': 'a\n' });
    expect((await rig.run('status', '--follow')).code).toBe(0);
    await over(rig);
  });

  test('a run that was killed is gone on with, detached too, by a file of its own', async () => {
    await using rig = await withTickets(['A', 'B']);
    const first = await detached(rig);
    await rig.agent.for('A');
    process.kill(first.pid, 'SIGKILL');
    const follower = await rig.run('status', '--follow');
    expect([follower.code, follower.stdout]).toEqual([130, expect.stringContaining('died')]);
    await rig.script({ '*': [{ write: done }] });
    const { code, stdout } = await rig.run('resume', '--detach', '--json');
    expect(code).toBe(0);
    const second = JSON.parse(stdout) as Begun;
    expect(second).toMatchObject({ run: first.run, isResumed: true });
    expect(second.output).toBe(first.output.replace('output.log', 'output-2.log'));
    expect((await rig.run('status', '--follow')).code).toBe(0);
    await over(rig);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  });

  test('from a subfolder and from a linked worktree of the repository', async () => {
    await using rig = await withTickets(['A']);
    await mkdir(join(rig.checkout, 'deep/er'), { recursive: true });
    const linked = join(rig.places.root, 'linked');
    await rig.git('worktree', 'add', '--quiet', '-b', 'other', linked);
    const { run } = await detached(rig);
    const call = await rig.agent.for('A');
    for (const cwd of [join(rig.checkout, 'deep/er'), linked]) {
      for (const args of [
        ['status', '--json'],
        ['runs', '--json'],
        ['logs', 'A'],
      ]) {
        const { code, stdout, stderr } = await rig.startWith({ cwd }, ...args).wait();
        expect([args, code]).toEqual([args, 0]);
        expect(args[0] === 'logs' ? stderr : stdout).toContain(run);
      }
    }
    await rig.startWith({ cwd: linked }, 'stop').wait();
    await call.succeed({ 'A.txt': 'a\n' });
    await over(rig);
  });
});
