import { describe, expect, test } from '@jest/globals';
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runListSchema, statusSchema, type RunStatus } from '../../lib/model/status-schema.js';
import { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';

async function withTickets(ids: readonly string[]) {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await rig.tickets(ids.map((id) => ({ id })));
  return rig;
}

const done = { '{ticket}.txt': 'done\n' };

async function statusOf(rig: Rig, ...args: readonly string[]): Promise<RunStatus> {
  const { code, stdout } = await rig.run('status', '--json', ...args);
  expect(code).toBe(0);
  const status = JSON.parse(stdout) as RunStatus;
  expect(statusSchema.parse(status)).toEqual(status);
  return status;
}

describe('sage status', () => {
  test('before any run it says so, ends with 0 and changes nothing', async () => {
    await using rig = await withTickets(['A']);
    const before = rig.snapshot();
    expect(await rig.run('status')).toMatchObject({
      code: 0,
      stdout: 'No run has begun in this repository.\n',
    });
    expect((await statusOf(rig)).state).toBe('none');
    expect((await rig.run('runs')).stdout).toBe('No run has begun in this repository.\n');
    expect((await rig.run('status', '--for', '5s')).code).toBe(0);
    expect(rig.snapshot()).toEqual(before);
  });

  test('002-9.2 a run at work: each lane with its ticket, counts that add up, what it cost', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([
      { id: 'A' },
      { id: 'B' },
      { id: 'C', dependencies: ['B'] },
      { id: 'D' },
      { id: 'E', dependencies: ['NO'] },
    ]);
    const run = rig.start('stream', '--auto', '--parallel=2');
    const a = await rig.agent.for('A');
    const b = await rig.agent.for('B');
    await a.do({ usage: { costUsd: 1.25, inputTokens: 1200 } });
    await a.succeed({ 'A.txt': 'a\n' });
    const d = await rig.agent.for('D');
    await rig.event('landing.landed');
    const status = await statusOf(rig);
    expect(status).toMatchObject({
      state: 'running',
      pid: run.pid,
      counts: { total: 5, landed: 1, running: 2, ready: 0, waiting: 1, blocked: 1 },
      lanes: [
        { lane: 'lane-1', ticket: 'B', doing: 'the agent works', attempt: 1 },
        { lane: 'lane-2', ticket: 'D' },
      ],
      costUsd: 1.25,
      tokens: 1200,
    });
    const { total, ...parts } = status.counts!;
    expect(Object.values(parts).reduce((sum, many) => sum + many, 0)).toBe(total);
    const { stdout } = await rig.run('status');
    expect(stdout).toMatch(/^run \S+: running \(process \d+\), .*, lands on sage\/\S+ for work$/m);
    expect(stdout).toMatch(/^ {2}lane-1 {2}B .*: the agent works, /m);
    expect(stdout).toContain('5 tickets: 1 landed, 2 running, 1 waiting, 1 blocked');
    expect(stdout).toContain('1.25 USD, 1,200 tokens');
    await b.exit(1);
    await rig.event('ticket.deferred');
    const later = await statusOf(rig);
    expect(later.counts).toMatchObject({ deferred: 1, blocked: 2 });
    expect(later.needs).toMatchObject([{ ticket: 'B', code: 'agent/crashed' }]);
    await d.succeed({ 'D.txt': 'd\n' });
    expect((await run.wait()).code).toBe(1);
  });

  test('paused, stopping, died and finished each have their word and their way on', async () => {
    await using rig = await withTickets(['A', 'B']);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await rig.run('pause');
    const paused = await statusOf(rig);
    expect([paused.state, paused.needs]).toEqual([
      'paused',
      [{ what: 'paused by sage pause', command: 'sage resume' }],
    ]);
    await rig.run('resume');
    await rig.run('stop');
    expect((await statusOf(rig)).state).toBe('stopping');
    run.signal('SIGKILL');
    await run.wait();
    const died = await statusOf(rig);
    expect(died).toMatchObject({ state: 'died', needs: [{ command: 'sage resume' }] });
    expect(died.pid).toBeUndefined();
    expect((await rig.run('status')).stdout).toMatch(/^run \S+: died[\s\S]*→ sage resume/);
    await call.ended;
    await rig.script({ '*': [{ write: done }] });
    await rig.run('resume');
    const finished = await statusOf(rig);
    expect(finished).toMatchObject({ state: 'finished', summary: { exitCode: 0 } });
    expect((await rig.run('status')).stdout).toMatch(/^run \S+: finished[\s\S]*2 landed/);
    expect(await statusOf(rig, finished.run!)).toEqual(finished);
    expect((await rig.run('status', 'nope')).code).toBe(2);
  });

  test('--for tells what changed in few words, says by exit code 75 that it still runs, and then the summary', async () => {
    await using rig = await withTickets(['A', 'B', 'C']);
    const run = rig.start('stream', '--auto');
    const a = await rig.agent.for('A');
    const quiet = await rig.run('status', '--for', '1s');
    expect([quiet.code, quiet.stderr]).toEqual([75, '']);
    expect(quiet.stdout.trim().split('\n')).toEqual([
      '0 of 3 landed; running: A',
      'still running: 0 of 3 landed',
    ]);
    const follower = rig.start('status', '--for', '10m');
    await follower.says('running: A');
    await a.succeed({ 'A.txt': 'a\n' });
    await follower.says('landed A (1 of 3)');
    await (await rig.agent.for('B')).exit(1);
    await follower.says(/deferred B: .*exit code 1/);
    await (await rig.agent.for('C')).succeed({ 'C.txt': 'c\n' });
    const end = await follower.wait();
    expect((await run.wait()).code).toBe(1);
    expect(end.code).toBe(1);
    expect(end.stdout).toContain('2 landed, 1 deferred');
    expect(end.stdout).not.toMatch(/started in lane/);
    expect((await rig.run('status', '--for', '9m')).stdout).toContain('2 landed, 1 deferred');
  });

  test('--follow --json tells public events and ends with the summary', async () => {
    await using rig = await withTickets(['A']);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    const follower = rig.start('status', '--follow', '--json');
    await call.succeed({ 'A.txt': 'a\n' });
    const end = await follower.wait();
    await run.wait();
    const last = JSON.parse(end.stdout.trim().split('\n').at(-1)!);
    expect([end.code, last.type ?? last.state]).toEqual([
      0,
      expect.stringMatching(/^(run\.)?finished$/),
    ]);
    expect(last.summary.landed).toHaveLength(1);
  });

  test('a follower that is there when the process is killed says how to go on, and ends with 130', async () => {
    await using rig = await withTickets(['A']);
    const run = rig.start('stream', '--auto');
    await rig.agent.for('A');
    const follower = rig.start('status', '--follow');
    await follower.says('running');
    run.signal('SIGKILL');
    await run.wait();
    const end = await follower.wait();
    expect([end.code, end.stdout]).toEqual([130, expect.stringContaining('→ sage resume')]);
    await rig.run('cancel');
    await rig.script({ '*': [{ write: done }] });
    expect((await rig.run('resume')).code).toBe(0);
  });

  test('a last record that is half there is waited for; a damaged one is told with the way out', async () => {
    await using rig = await withTickets(['A']);
    await rig.script({ '*': [{ write: done }] });
    const { summary } = await rig.stream();
    const folder = join(rig.gitDir, 'sage/runs', summary.run);
    const journal = join(folder, 'events.ndjson');
    const whole = readFileSync(journal);
    const saved = readFileSync(join(folder, 'summary.json'));
    rmSync(join(folder, 'summary.json'));
    truncateSync(journal, whole.length - 10);
    expect((await statusOf(rig)).state).toBe('died');
    const follower = rig.start('status', '--follow', '--json');
    appendFileSync(journal, whole.subarray(whole.length - 10));
    await follower.wait();
    expect((await statusOf(rig)).state).toBe('finished');
    writeFileSync(journal, `${whole.toString('utf8').slice(0, 40)}x\n${whole.toString('utf8')}`);
    const broken = await rig.run('status', summary.run);
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('journal/broken')]);
    expect((await rig.run('runs')).stdout).toContain(`→ sage salvage ${summary.run}`);
    writeFileSync(journal, whole);
    writeFileSync(join(folder, 'summary.json'), saved);
  });

  test.each(['0s', '9', '9 m', '1.5h', '-1s', 'm'])('--for %s is refused', async (time) => {
    await using rig = await withTickets(['A']);
    const { code, stderr } = await rig.run('status', `--for=${time}`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('90s, 9m or 1h')]);
  });
});

describe('sage runs', () => {
  test('lists every run, newest first, with what landed, its cost, whether it was delivered, and the way on', async () => {
    await using rig = await Rig.create({ branch: 'main' });
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B' }, { id: 'C' }]);
    await rig.script({
      A: [{ usage: { costUsd: 0.5 } }, { write: done }],
      B: [{ exit: 1 }],
      C: [{ write: done }],
    });
    await rig.stream('--only', 'A');
    expect((await rig.run('deliver')).code).toBe(0);
    await rig.stream('--only', 'B', '--only', 'C');
    const { stdout, code } = await rig.run('runs', '--json');
    expect(code).toBe(0);
    const list = runListSchema.parse(JSON.parse(stdout));
    expect(list).toEqual(JSON.parse(stdout));
    const [second, first] = list.runs;
    expect(first).toMatchObject({ landed: 1, costUsd: 0.5, delivery: 'delivered', exitCode: 0 });
    expect(second).toMatchObject({
      landed: 1,
      deferred: 1,
      delivery: 'waiting',
      exitCode: 1,
      command: `sage deliver ${second!.run}`,
    });
    const text = (await rig.run('runs')).stdout;
    expect(text).toMatch(/in main$/m);
    expect(text).toContain(`→ sage deliver ${second!.run}`);
    await rig.git('branch', '--quiet', '-D', second!.branch);
    expect((await rig.run('runs')).stdout).toContain('its branch was deleted');
    rig.tolerate('claims'); // the branch was thrown away on purpose
  });

  test('a run at work is there, too', async () => {
    await using rig = await withTickets(['A']);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    const { runs } = JSON.parse((await rig.run('runs', '--json')).stdout);
    expect(runs).toMatchObject([{ state: 'running', landed: 0, delivery: 'nothing', pending: 1 }]);
    await call.succeed({ 'A.txt': 'a\n' });
    await run.wait();
  });
});

describe('sage logs', () => {
  test('002-9.4 what an agent said, also after the end, without control characters', async () => {
    await using rig = await withTickets(['A']);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await call.do({ print: 'first \u001b[31mred\u001b[0m word\u0007' });
    await until(
      async () => ((await rig.run('logs', 'A')).stdout === 'first red word\n' ? true : undefined),
      20_000,
      () => 'the log does not hold the words',
    );
    const follower = rig.start('logs', 'A', '--follow');
    await follower.says('first red word');
    await call.do({ print: 'second' });
    await follower.says('second');
    await call.succeed({ 'A.txt': 'a\n' });
    expect((await follower.wait()).stdout).toBe('first red word\nsecond\n');
    await run.wait();
    const { code, stdout, stderr } = await rig.run('logs', 'A');
    expect([code, stdout]).toEqual([0, 'first red word\nsecond\n']);
    expect(stderr).toMatch(/^A#1 of run \S+$/m);
    expect((await rig.run('logs', 'A', '--raw')).stdout).toContain(
      '\u001b[31mred\u001b[0m word\u0007',
    );
  });

  test('each attempt alone, those of earlier runs, and what checks printed', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config({ verify: ['echo checked; test ! -f bad.txt'] });
    await rig.tickets([{ id: 'A', state: 'UNPROCESSED' }, { id: 'B' }]);
    await rig.script({
      A: [{ print: 'agent of A' }, { write: { 'bad.txt': 'x' } }],
      B: [{ print: 'agent of B' }, { write: done }],
    });
    await rig.stream();
    expect((await rig.run('logs', 'B', '--checks')).stdout).toMatch(
      /^── echo checked; test ! -f bad\.txt \(before landing\): passed, .*\nchecked\n$/,
    );
    expect((await rig.run('logs', 'A', '--checks')).stdout).toMatch(/failed, exit code 1/);
    expect((await rig.run('logs', 'A', '--attempt=1')).stdout).toBe('agent of A\n');
    expect(await rig.run('logs', 'A', '--attempt=7')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no attempt 7'),
    });
    expect(await rig.run('logs', 'AB')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no run here has worked on "AB"[\s\S]*did you mean/),
    });
  });
});
