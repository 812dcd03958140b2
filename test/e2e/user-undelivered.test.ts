import { expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

test('when all that is open waits for undelivered work, the start says which run to deliver and ends with 3', async () => {
  await using rig = await Rig.create({ sage: 'ignored' });
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  await rig.config();
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  const { summary } = await rig.stream('--only', 'A');

  const refused = await rig.run('stream', '--auto');
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('B waits for A');
  expect(refused.stderr).toContain(`sage deliver ${summary.run}`);
  expect(rig.calls()).toHaveLength(1);

  expect((await rig.run('deliver')).code).toBe(0);
  expect((await rig.stream()).summary.landed.map(({ id }) => id)).toEqual(['B']);
});
