import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

/** Three agents that are all at work on the same base before any of them lands. */
async function threeOnOneLine(rig: Rig) {
  await rig.tickets([{ id: 'A' }, { id: 'B' }, { id: 'C' }]);
  const run = rig.start('stream', '--auto', '--parallel=3', '--json');
  const calls = [await rig.agent.for('A'), await rig.agent.for('B'), await rig.agent.for('C')];
  return { run, calls };
}

describe('conflicts', () => {
  test('002-4.4 an agent that cannot resolve: one lands, two are deferred with the files, nobody loses work', async () => {
    await using rig = await Rig.create({ files: { 'line.txt': 'base\n' } });
    await rig.config();
    const before = rig.snapshot();
    const { run, calls } = await threeOnOneLine(rig);
    for (const call of calls) {
      await call.succeed({ 'line.txt': `${call.ticket}\n`, [`${call.ticket}.txt`]: 'mine\n' });
      if (call.ticket === 'A') await rig.event('landing.landed');
    }
    for (const ticket of ['B', 'C']) {
      const again = await rig.agent.for(ticket);
      expect(again.prompt).toContain('line.txt');
      expect(await again.shell('cat line.txt')).toBe('A\n');
      await again.exit(0); // it changes nothing: it cannot
    }
    const end = await run.wait();
    expect(end.code).toBe(1);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'DEFERRED', C: 'DEFERRED' });
    for (const ticket of ['B', 'C']) {
      expect(String(rig.index()[ticket]!.defer_reason)).toContain('line.txt');
      const rescued = await rig.run('rescue', ticket, '--branch', `kept-${ticket}`);
      expect(rescued.code).toBe(0);
      expect(await rig.git('show', `kept-${ticket}:line.txt`)).toBe(ticket);
      expect(await rig.git('show', `kept-${ticket}:${ticket}.txt`)).toBe('mine');
      await rig.git('branch', '--quiet', '-D', `kept-${ticket}`);
    }
    const { index, files, head } = rig.snapshot();
    expect({ index, files, head }).toEqual({
      index: expect.any(String),
      files: before.files,
      head: before.head,
    });
  });

  test('002-4.4 with conflicts.attempts 0 a conflict defers at once, with its files', async () => {
    await using rig = await Rig.create({ files: { 'line.txt': 'base\n' } });
    await rig.config({ conflicts: { attempts: 0 } });
    const { run, calls } = await threeOnOneLine(rig);
    for (const call of calls) await call.succeed({ 'line.txt': `${call.ticket}\n` });
    await run.wait();
    expect(Object.values(rig.states()).sort()).toEqual(['COMPLETED', 'DEFERRED', 'DEFERRED']);
    const deferred = Object.values(rig.index()).filter(({ state }) => state === 'DEFERRED');
    for (const { defer_reason } of deferred) expect(defer_reason).toMatch(/conflict.*line\.txt/s);
    expect(rig.calls()).toHaveLength(3);
  });

  test('the agent is asked again on the new base with its earlier work, and what it resolves lands', async () => {
    await using rig = await Rig.create({ files: { 'list.txt': 'one\n' }, branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    const run = rig.start('stream', '--auto', '--parallel=2');
    const first = await rig.agent.for('A');
    const second = await rig.agent.for('B');
    await first.succeed({ 'list.txt': 'one\nfrom A\n' });
    await rig.event('landing.landed');
    await second.succeed({ 'list.txt': 'one\nfrom B\n' });
    const again = await rig.agent.for('B');
    expect(again.prompt).toContain('from B');
    expect(await again.shell('cat list.txt')).toBe('one\nfrom A\n');
    await again.succeed({ 'list.txt': 'one\nfrom A\nfrom B\n' });
    expect((await run.wait()).code).toBe(0);
    expect(rig.read('list.txt')).toBe('one\nfrom A\nfrom B\n');
    expect(rig.journal().filter(({ type }) => type === 'landing.conflicted')).toHaveLength(1);
  });
});
