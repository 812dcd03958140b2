import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

async function withTickets(ids: readonly string[], more: Parameters<typeof Rig.create>[0] = {}) {
  const rig = await Rig.create({ branch: 'work', ...more });
  await rig.config();
  await rig.tickets(ids.map((id) => ({ id })));
  return rig;
}

/** A run that was paused while its first ticket was worked on; that has landed, and nothing starts. */
async function pausedAfterA(rig: Rig) {
  const run = rig.start('stream', '--auto');
  const call = await rig.agent.for('A');
  await rig.run('pause');
  await call.succeed({ 'A.txt': 'done\n' });
  await rig.event('landing.landed');
  return run;
}

const done = { '{ticket}.txt': 'done\n' };

describe('a run that is told what to do from another terminal', () => {
  test('001-7.4 nothing is going on: every verb says so, ends with 0 and changes nothing', async () => {
    await using rig = await withTickets(['A']);
    const before = rig.snapshot();
    for (const verb of ['stop', 'pause', 'cancel']) {
      const { code, stdout } = await rig.run(verb);
      expect([verb, code, stdout]).toEqual([verb, 0, 'No run is going on here.\n']);
    }
    expect(rig.snapshot()).toEqual(before);
    await rig.script({ '*': [{ write: done }] });
    await rig.stream();
    expect((await rig.run('cancel')).stdout).toBe('No run is going on here.\n');
  });

  test('stop: what runs finishes and lands, nothing new starts; a later start does the rest', async () => {
    await using rig = await withTickets(['A', 'B']);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    expect((await rig.run('stop')).stdout).toMatch(/stops: nothing new starts; 1 agent/);
    expect((await rig.run('stop')).code).toBe(0); // twice is once
    await call.succeed({ 'A.txt': 'done\n' });
    const end = await run.wait();
    expect([end.code, rig.states()]).toEqual([0, { A: 'COMPLETED', B: 'UNPROCESSED' }]);
    await rig.script({ '*': [{ write: done }] });
    expect((await rig.stream()).summary.landed.map(({ id }) => id)).toEqual(['B']);
  });

  test('pause: nothing new starts until resume, and what runs lands meanwhile', async () => {
    await using rig = await withTickets(['A', 'B']);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    expect((await rig.run('pause')).stdout).toContain('is paused');
    await call.succeed({ 'A.txt': 'done\n' });
    await rig.event('landing.landed', ({ ticket }) => ticket === 'A');
    await rig.event('tickets.projected', ({ tickets }) => tickets.includes('A' as never));
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['A']);
    const { stdout } = await rig.run('resume', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verb: 'resume', agents: 0 });
    await (await rig.agent.for('B')).succeed({ 'B.txt': 'done\n' });
    expect((await run.wait()).code).toBe(0);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  });

  test('a paused run that is killed is gone on with by resume, which starts what waited', async () => {
    await using rig = await withTickets(['A', 'B']);
    const run = await pausedAfterA(rig);
    run.signal('SIGKILL');
    await run.wait();
    await rig.script({ B: [{ write: done }] });
    expect((await rig.run('resume')).code).toBe(0);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['A', 'B']);
  });

  test('a paused run can be stopped, and ends', async () => {
    await using rig = await withTickets(['A', 'B']);
    const run = await pausedAfterA(rig);
    await rig.run('stop');
    expect((await run.wait()).code).toBe(0);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'UNPROCESSED' });
  });

  test('001-7.1 cancel ends all agents with all they started, and says how many; their work is kept', async () => {
    await using rig = await withTickets(['A', 'B', 'C']);
    const run = rig.start('stream', '--auto', '--parallel=3');
    for (const id of ['A', 'B', 'C']) {
      const call = await rig.agent.for(id);
      await call.do({ write: { [`${id}.txt`]: 'half\n' } });
      await call.fork(); // it ignores every signal it can, in a session of its own
    }
    const { stdout } = await rig.run('cancel', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verb: 'cancel', agents: 3, tickets: [] });
    expect((await run.wait()).code).toBe(130);
    expect(rig.processes()).toEqual([]);
    expect(rig.states()).toEqual({ A: 'UNPROCESSED', B: 'UNPROCESSED', C: 'UNPROCESSED' });
    expect((await rig.run('rescue', 'B')).code).toBe(0);
    expect(await rig.git('show', 'rescue/B:B.txt')).toBe('half');
  });

  test('cancel of one ticket ends its agent alone; the others land, its dependents are blocked by it', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B' }, { id: 'C', dependencies: ['A'] }, { id: 'D' }]);
    const run = rig.start('stream', '--auto', '--parallel=2', '--json');
    const first = await rig.agent.for('A');
    const second = await rig.agent.for('B');
    await first.do({ write: { 'A.txt': 'half\n' } });
    expect((await rig.run('cancel', 'A')).stdout).toContain('1 agent ended');
    expect((await rig.run('cancel', 'A', 'D')).code).toBe(0); // D was not begun
    await second.succeed({ 'B.txt': 'done\n' });
    const end = await run.wait();
    expect(end.code).toBe(1);
    expect(rig.states()).toEqual({
      A: 'UNPROCESSED',
      B: 'COMPLETED',
      C: 'UNPROCESSED',
      D: 'UNPROCESSED',
    });
    const last = end.stdout.trim().split('\n').at(-1)!;
    const { summary } = JSON.parse(last) as { summary: Record<string, unknown> };
    expect(summary).toMatchObject({
      blocked: [{ id: 'C', by: ['A'] }],
      pending: [
        { id: 'A', why: 'cancelled by sage cancel', kept: expect.any(String) },
        { id: 'D', why: 'cancelled by sage cancel' },
      ],
    });
  });

  test('a ticket that the run does not have is refused with the nearest', async () => {
    await using rig = await withTickets(['AUTH-1']);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('AUTH-1');
    const { code, stderr } = await rig.run('cancel', 'AUTH-2');
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean AUTH-1?')]);
    await call.succeed({ 'a.txt': 'a\n' });
    expect((await run.wait()).code).toBe(0);
  });
});
