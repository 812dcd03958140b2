import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../rig/program.js';
import { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';

async function atWork(rig: Rig) {
  await rig.tickets([{ id: 'A' }, { id: 'B' }, { id: 'C' }]);
  await rig.config();
  const run = rig.start('stream', '--auto', '--parallel=2');
  return { run, a: await rig.agent.for('A'), b: await rig.agent.for('B') };
}

/** The commits that say they are the ticket's. */
async function landings(rig: Rig, ticket: string): Promise<readonly string[]> {
  const found = await rig.git('log', '--all', '--format=%H', `--grep=^Land-Id: .*/${ticket}$`);
  return found.split('\n').filter((line) => line !== '');
}

/** The program was heard; a further press within 100 ms would count as the same one. */
async function press(rig: Rig, run: Program, mode: 'drain' | 'cancel') {
  run.pressCtrlC();
  await rig.event('run.stop-requested', (event) => event.mode === mode);
  const since = performance.now();
  while (performance.now() - since < 110) await new Promise(setImmediate);
}

describe('stopping', () => {
  test('the first Ctrl-C drains: nothing new starts, what runs finishes and lands, the end is 0', async () => {
    await using rig = await Rig.create();
    const { run, a, b } = await atWork(rig);
    await press(rig, run, 'drain');
    await run.says('Press Ctrl-C again');
    await a.succeed({ 'A.txt': 'a\n' });
    await rig.event('landing.landed');
    await b.succeed({ 'B.txt': 'b\n' });
    const end = await run.wait();
    expect(end.code).toBe(0);
    expect(end.stdout).toMatch(/interrupted.*1 pending/);
    expect(rig.calls()).toHaveLength(2);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED', C: 'UNPROCESSED' });
  });

  test('003-6.9 003-7.4 Ctrl-C with two of ten at work: exactly those land, the end is 0, the next run does only the rest', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const ids = Array.from({ length: 10 }, (_, index) => `T-${index}`);
    await rig.config();
    await rig.tickets(ids.map((id) => ({ id })));
    const run = rig.start('stream', '--auto', '--parallel=2');
    const calls = [await rig.agent.next(), await rig.agent.next()];
    await press(rig, run, 'drain');
    for (const call of calls) await call.succeed({ [`${call.ticket}.txt`]: 'done\n' });
    expect((await run.wait()).code).toBe(0);
    const begun = calls.map(({ ticket }) => ticket).sort();
    const states = Object.entries(rig.states());
    expect(states.filter(([, state]) => state === 'COMPLETED').map(([id]) => id)).toEqual(begun);
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
    expect((await rig.stream('--parallel=2')).summary.landed).toHaveLength(8);
    expect(
      rig
        .calls()
        .map(({ ticket }) => ticket)
        .sort(),
    ).toEqual(ids);
  });

  test('the second cancels: agents end with their trees, the work is kept, tickets go back, 130', async () => {
    await using rig = await Rig.create();
    const { run, a, b } = await atWork(rig);
    await a.write({ 'half.txt': 'half\n' });
    await b.ignore('SIGTERM');
    const stubborn = await b.fork({ clearEnvironment: true });
    await press(rig, run, 'drain');
    await press(rig, run, 'cancel');
    const end = await run.wait();
    expect(end.code).toBe(130);
    expect(a.isOver && b.isOver).toBe(true);
    expect(rig.processes().map(({ pid }) => pid)).not.toContain(stubborn);
    expect(rig.states()).toEqual({ A: 'UNPROCESSED', B: 'UNPROCESSED', C: 'UNPROCESSED' });
    expect((await rig.run('rescue', 'A', '--branch', 'half')).code).toBe(0);
    expect(await rig.git('show', 'half:half.txt')).toBe('half');
  });

  test('the third kills at once; nothing of ours stays alive, and the next run goes on', async () => {
    await using rig = await Rig.create();
    const { run, a, b } = await atWork(rig);
    for (const call of [a, b]) await call.ignore('SIGTERM');
    await a.write({ 'half.txt': 'half\n' });
    await press(rig, run, 'drain');
    await press(rig, run, 'cancel');
    run.pressCtrlC();
    const end = await run.wait();
    expect(['SIGINT', 130]).toContain(end.code ?? end.signal); // a shell reports both as 130
    await Promise.all([a.ended, b.ended]);
    rig.agent.serve((call) => call.succeed({ [`${call.ticket}.txt`]: 'x\n' }));
    const next = await rig.stream();
    expect(next.code).toBe(0);
    expect(new Set(Object.values(rig.states()))).toEqual(new Set(['COMPLETED']));
  });

  test('SIGTERM cancels like a second Ctrl-C', async () => {
    await using rig = await Rig.create();
    const { run, a } = await atWork(rig);
    run.signal('SIGTERM');
    const end = await run.wait();
    expect(end.code).toBe(130);
    expect(a.isOver).toBe(true);
    expect(new Set(Object.values(rig.states()))).toEqual(new Set(['UNPROCESSED']));
  });

  test('002-4.7 002-7.1 killed without a word: agents end, nothing is lost, the next start goes on', async () => {
    await using rig = await Rig.create();
    const { run, a, b } = await atWork(rig);
    const head = await rig.git('rev-parse', 'HEAD');
    await a.write({ 'half.txt': 'half\n' });
    const stubborn = await b.fork();
    run.signal('SIGKILL');
    await Promise.all([run.wait(), a.ended, b.ended]);
    expect(await rig.git('rev-parse', 'HEAD')).toBe(head);
    rig.agent.serve((call) => call.succeed({ [`${call.ticket}.txt`]: 'x\n' }));
    const next = await rig.run('stream', '--auto');
    expect(next.code).toBe(0);
    expect(rig.processes().map(({ pid }) => pid)).not.toContain(stubborn);
    expect(new Set(Object.values(rig.states()))).toEqual(new Set(['COMPLETED']));
    for (const ticket of ['A', 'B', 'C']) {
      expect(await landings(rig, ticket)).toHaveLength(1);
    }
  });

  test('a start that goes on with a killed run says so at once and can be stopped, also while a check of it runs', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    const gate = join(rig.places.root, 'gate');
    const waits = `test ! -e A.txt || until test -e '${gate}'; do sleep 0.05; done`;
    await rig.config({ verify: [waits] });
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const killed = rig.start('stream', '--auto');
    await rig.event('landing.check-started');
    killed.signal('SIGKILL');
    await killed.wait();

    const run = rig.start('stream', '--auto');
    await run.says('goes on where it stopped');
    await press(rig, run, 'drain');
    await press(rig, run, 'cancel');
    expect((await run.wait()).code).toBe(130);
    expect(rig.states()).toEqual({ A: 'UNPROCESSED', B: 'UNPROCESSED' });
  });

  test('a run that lost its right to run lets go of it only when all its agents are dead', async () => {
    await using rig = await Rig.create();
    const { run, a, b } = await atWork(rig);
    await b.ignore('SIGTERM');
    const owner = join(rig.gitDir, 'sage/owner.json');
    writeFileSync(owner, readFileSync(owner, 'utf8').replace('"pid":', '"pid":1'));
    await a.succeed({ 'A.txt': 'a\n' });
    const lock = join(rig.gitDir, 'sage/owner.lock');
    await until(
      () => (existsSync(lock) ? undefined : true),
      20_000,
      () => 'the lock is still held',
    );
    const agents = rig.processes().filter(({ command }) => command.includes('agent-main'));
    expect(agents).toEqual([]);
    expect((await run.wait()).code).toBe(1);
  });

  test('002-4.1 002-4.7 killed while landing: the branch is old or new, and the next start lands what was queued, once', async () => {
    await using rig = await Rig.create();
    const gate = `${rig.places.home}/gate`;
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.config({ verify: [`test ! -e A.txt || test -e ${gate} || sleep 1000`] });
    const run = rig.start('stream', '--auto', '--parallel=2');
    for (const ticket of ['A', 'B']) {
      await (await rig.agent.for(ticket)).succeed({ [`${ticket}.txt`]: 'x\n' });
      await rig.event('landing.queued', (event) => event.ticket === ticket);
    }
    await rig.event('landing.check-started', ({ ticket }) => ticket === 'A');
    run.signal('SIGKILL');
    await run.wait();
    expect(existsSync(gate)).toBe(false);
    await rig.write({ '../home/gate': '' });
    rig.agent.serve((call) => call.succeed({ [`${call.ticket}.txt`]: 'x\n' }));
    const next = await rig.run('stream', '--auto', '--parallel=2');
    expect(next.code).toBe(0);
    expect(rig.calls()).toHaveLength(2); // finished work was not done again
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
    expect(
      JSON.parse(readFileSync(`${rig.checkout}/.sage/tickets/index.json`, 'utf8')),
    ).toBeTruthy();
    for (const ticket of ['A', 'B']) {
      expect(await landings(rig, ticket)).toHaveLength(1);
    }
  });
});
