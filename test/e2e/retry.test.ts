import { describe, expect, test } from '@jest/globals';
import { retrySchema } from '../../lib/model/answer-schemas.js';
import { Rig } from '../rig/rig.js';

const done = { '{ticket}.txt': 'done\n' };

describe('sage retry', () => {
  test.each(['rolling', 'batch'])(
    'in a run that goes on (%s): it is tried again there, what waited for it follows, and all land',
    async (schedule) => {
      await using rig = await Rig.create({ branch: 'work' });
      await rig.config();
      await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }, { id: 'C' }, { id: 'D' }]);
      const run = rig.start('stream', '--auto', '--parallel=2', `--schedule=${schedule}`, '--json');
      const first = await rig.agent.for('A');
      const other = await rig.agent.for('C');
      await first.do({ write: { 'A.txt': 'half\n' } });
      await first.exit(1);
      await rig.event('ticket.deferred');
      const { code, stdout } = await rig.run('retry', 'A', '--json');
      expect(code).toBe(0);
      const answer = retrySchema.parse(JSON.parse(stdout));
      expect(answer).toEqual(JSON.parse(stdout));
      expect(answer).toMatchObject({
        run: expect.any(String),
        tickets: [{ id: 'A', wasOpen: false, kept: expect.stringContaining('/A/1') }],
      });
      await other.succeed({ 'C.txt': 'c\n' });
      rig.agent.serve((call) => call.succeed({ [`${call.ticket}.txt`]: 'done\n' }));
      const end = await run.wait();
      expect([end.code, end.stderr.includes('error')]).toEqual([0, false]);
      expect(rig.states()).toEqual({
        A: 'COMPLETED',
        B: 'COMPLETED',
        C: 'COMPLETED',
        D: 'COMPLETED',
      });
      expect(rig.index()['A']).not.toHaveProperty('defer_reason');
      const events = end.stdout.trim().split('\n');
      expect(events.filter((line) => line.includes('"ticket.retried"'))).toHaveLength(1);
      expect(rig.calls().filter(({ ticket }) => ticket === 'A')).toHaveLength(2);
      // The first try is still there.
      expect((await rig.run('rescue', 'A', '--attempt', '1', '--branch', 'old')).code).toBe(0);
      expect(await rig.git('show', 'old:A.txt')).toBe('half');
    },
  );

  test('a run that is killed after it took a ticket up again goes on with it', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    const run = rig.start('stream', '--auto', '--parallel=2');
    await (await rig.agent.for('A')).exit(1);
    await rig.agent.for('B');
    await rig.event('ticket.deferred');
    expect((await rig.run('retry', 'A')).stdout).toMatch(/^A is tried again in run /);
    run.signal('SIGKILL');
    await run.wait();
    await rig.script({ '*': [{ write: done }] });
    expect((await rig.run('resume')).code).toBe(0);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  });

  test('after the run: the ticket is UNPROCESSED again, the next start takes it, and its work stays kept', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.script({ 'A#1': [{ write: done }, { exit: 1 }], '*': [{ write: done }] });
    expect((await rig.stream()).code).toBe(1);
    const { code, stdout } = await rig.run('retry', 'A');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^A is UNPROCESSED again; the next run takes it\n {2}what was done before is kept as refs\/sage\/kept\/\S+\/A\/1 → sage rescue A\n→ sage stream --auto\n$/,
    );
    expect(rig.states()).toEqual({ A: 'UNPROCESSED', B: 'COMPLETED' });
    expect((await rig.run('retry', 'A')).stdout).toContain('UNPROCESSED already');
    const { summary } = await rig.stream();
    expect(summary.landed.map(({ id }) => id)).toEqual(['A']);
  });

  test('what makes no sense is refused, each with its reason, all at once, and nothing is changed', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A-1' }, { id: 'A-2' }, { id: 'A-3' }, { id: 'A-4' }]);
    const run = rig.start('stream', '--auto');
    await (await rig.agent.for('A-1')).succeed({ 'a.txt': 'a\n' });
    await (await rig.agent.for('A-2')).exit(1);
    const call = await rig.agent.for('A-3');
    const end = await rig.run('retry', 'A-1', 'A-3', 'A-4', 'A-9');
    expect(end.code).toBe(2);
    expect(end.stderr).toMatch(/A-1 has landed as [0-9a-f]{10}/);
    expect(end.stderr).toContain('A-3 is being worked on');
    expect(end.stderr).toContain('A-4 was not tried yet');
    expect(end.stderr).toMatch(/"A-9" is no ticket of run[\s\S]*did you mean A-/);
    await rig.run('stop');
    const late = await rig.run('retry', 'A-2');
    expect([late.code, late.stderr]).toEqual([2, expect.stringContaining('is ending')]);
    await call.succeed({ 'c.txt': 'c\n' });
    await run.wait();
    const after = await rig.run('retry', 'A-1', 'B-7');
    expect(after.code).toBe(2);
    expect(after.stderr).toContain('A-1 is COMPLETED');
    expect(after.stderr).toContain('"B-7" is no ticket of .sage/tickets/index.json');
    expect(rig.states()).toMatchObject({ 'A-1': 'COMPLETED', 'A-2': 'DEFERRED' });
  });

  test('an interrupted run is gone on with first', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    const run = rig.start('stream', '--auto');
    await (await rig.agent.for('A')).exit(1);
    await rig.agent.for('B');
    run.signal('SIGKILL');
    await run.wait();
    const { code, stderr } = await rig.run('retry', 'A');
    expect([code, stderr]).toEqual([2, expect.stringContaining('sage resume')]);
    await rig.script({ '*': [{ write: done }] });
    await rig.run('resume');
    expect(rig.states()).toEqual({ A: 'DEFERRED', B: 'COMPLETED' });
  });
});
