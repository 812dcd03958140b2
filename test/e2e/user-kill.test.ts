import { expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

test('tickets in hand when a run is killed are begun anew by the next start, and nothing is blocked by them', async () => {
  await using rig = await Rig.create({ branch: 'work' });
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  await rig.config();
  const killed = rig.start('stream', '--auto');
  const call = await rig.agent.for('A');
  await call.do({ write: { 'half.txt': 'half\n' } });
  await rig.event('tickets.projected');
  // While it runs, a look says who has the ticket.
  const during = await rig.run('stream', '--dry-run');
  expect(during.stdout).toMatch(/A is IN_PROGRESS by run \S+, which is going on/);
  killed.signal('SIGKILL');
  await killed.wait();
  const preview = await rig.run('stream', '--dry-run');
  expect(preview.stdout.replace(/\s+/g, ' ')).toMatch(
    /A is IN_PROGRESS by run \S+, which was interrupted: the next `sage stream --auto` goes on with it first/,
  );
  expect(preview.stdout).not.toContain('UNPROCESSED');
  const explained = await rig.run('stream', '--explain', 'B');
  expect(explained.stdout.replace(/\s+/g, ' ')).toMatch(
    /A lands in run \S+, which was interrupted/,
  );

  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  const { code, summary } = await rig.stream();
  expect(code).toBe(0);
  expect(summary.landed.map(({ id }) => id)).toEqual(['A', 'B']);
  expect(await rig.git('ls-files', 'half.txt')).toBe('');
  expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
});
