import { expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deliverySchema } from '../../lib/model/answer-schemas.js';
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
  // Asked once more there is nothing to do, which is no fault.
  const again = await rig.run('deliver');
  expect([again.code, again.stderr]).toEqual([0, '']);
  expect(again.stdout).toBe(
    'There is nothing to deliver: main holds all that runs have landed here.\n',
  );
  const asJson = deliverySchema.parse(JSON.parse((await rig.run('deliver', '--json')).stdout));
  expect(asJson).toMatchObject({ how: 'nothing', target: 'main' });
  expect((await rig.run('deliver', 'no-such-run')).code).toBe(2);
  expect((await rig.stream()).summary.landed.map(({ id }) => id)).toEqual(['B']);
});

test('D2 work that could not even be published counts as undelivered until its run is delivered', async () => {
  await using rig = await Rig.create({ branch: 'work', sage: 'ignored' });
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  await rig.config();
  const run = rig.start('stream', '--auto', '--only', 'A');
  const call = await rig.agent.for('A');
  // Where git keeps branches as files, this leaves no room for sage/<run>.
  await rig.git('branch', 'sage');
  await call.succeed({ 'A.txt': 'done\n' });
  const { stdout } = await run.wait();
  expect(stdout).toContain('the work is on sage/');
  expect(stdout).toMatch(/\n {2}→ sage deliver sage\/\S+\n/);
  await rig.git('branch', '-m', 'sage', 'mine');

  const refused = await rig.run('stream', '--auto');
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('sage deliver');
  expect((await rig.run('deliver')).code).toBe(0);
  expect(await rig.git('show', 'work:A.txt')).toBe('done');
});

test('D2 a run that was killed between its last event and its summary counts as undelivered, too', async () => {
  await using rig = await Rig.create();
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  await rig.config();
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  const { summary } = await rig.stream('--only', 'A');
  await rm(join(rig.gitDir, 'sage/runs', summary.run, 'summary.json'));
  const next = await rig.run('stream', '--auto');
  expect(next.code).toBe(3);
  expect(next.stderr).toContain(`sage deliver ${summary.run}`);
  expect(rig.calls()).toHaveLength(1);
  expect((await rig.run('deliver')).code).toBe(0);
});
