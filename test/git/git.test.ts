import { expect, test } from '@jest/globals';
import { createWorld } from './world.js';

test('git runs in a session of its own, so that a Ctrl-C of the terminal does not cut it short', async () => {
  await using world = await createWorld();
  const show = 'alias.show-group=!ps -o pgid= -p $$';
  const answer = await world.git(['-c', show, 'show-group'], { cwd: world.repo });
  const group = Number(answer.ok ? answer.value.stdout : Number.NaN);
  const ours = Number(world.sh(`ps -o pgid= -p ${process.pid}`));
  expect(group).toBeGreaterThan(0);
  expect(group).not.toBe(ours);
});
