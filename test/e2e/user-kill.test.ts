import { expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

test('tickets in hand when a run is killed are begun anew by the next start, and nothing is blocked by them', async () => {
  await using rig = await Rig.create({ branch: 'work' });
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  await rig.config();
  const killed = rig.start('stream', '--auto');
  const call = await rig.agent.for('A');
  await call.do({ write: { 'half.txt': 'half\n' } });
  killed.signal('SIGKILL');
  await killed.wait();

  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  const { code, summary } = await rig.stream();
  expect(code).toBe(0);
  expect(summary.landed.map(({ id }) => id)).toEqual(['A', 'B']);
  expect(await rig.git('ls-files', 'half.txt')).toBe('');
  expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
});
