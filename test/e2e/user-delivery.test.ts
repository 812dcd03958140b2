import { expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';

test('a tracked index that the user had edited is left, and the command that is named keeps both sides', async () => {
  await using rig = await Rig.create({ branch: 'work' });
  await rig.tickets([{ id: 'A' }, { id: 'B', description: 'first words' }]);
  await rig.config();
  await rig.write({
    '.sage/tickets/index.json': rig
      .read('.sage/tickets/index.json')
      .replace('first words', 'better words'),
  });
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  const { summary } = await rig.stream();
  expect(summary.delivery).toMatchObject({ how: 'left' });
  expect(summary.delivery?.why).toContain("holds changes that are not this run's");

  const done = await rig.shell(summary.delivery?.command ?? 'false');
  expect(done.code).toBe(0);
  expect(await rig.git('rev-parse', 'work')).toBe(summary.tip);
  expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
  const own = await rig.git('diff', '--unified=0', '.sage/tickets/index.json');
  expect(own.split('\n').filter((line) => /^[+-] /.test(line))).toEqual([
    '-      "description": "first words",',
    '+      "description": "better words",',
  ]);
});

test('a file of the user that is in the way is named, and delivery goes on when it is gone', async () => {
  await using rig = await Rig.create({ branch: 'work' });
  await rig.tickets([{ id: 'A' }]);
  await rig.config();
  await rig.write({ 'A.txt': 'mine\n' });
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  const { summary } = await rig.stream();
  expect(summary.delivery?.why).toContain('A.txt');
  expect(rig.read('A.txt')).toBe('mine\n');

  const { code } = await rig.shell(`mv A.txt mine.txt && ${summary.delivery?.command ?? 'false'}`);
  expect(code).toBe(0);
  expect(rig.read('A.txt')).toBe('done\n');
  expect(rig.read('mine.txt')).toBe('mine\n');
});
