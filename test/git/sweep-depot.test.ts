import { expect, test } from '@jest/globals';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sweepDepot } from '../../lib/git/sweep-depot.js';
import { vaultOf } from '../../lib/git/vault.js';
import { createWorld } from './world.js';
import { waitingGit } from './waiting-git.js';

/** A depot as killed gits leave it, and one file in each of its folders that is whole. */
function leftBehind(path: string) {
  const plant = (names: readonly string[]) =>
    names.map((name) => {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, '');
      return file;
    });
  const debris = plant([
    'packed-refs.lock',
    'refs/sage/candidate/run/7.lock',
    'worktrees/lane-1/index.lock',
    'objects/4b/tmp_obj_x1y2z3',
    'objects/pack/tmp_pack_x1y2z3',
  ]);
  const whole = plant(['refs/sage/candidate/run/8', 'worktrees/lane-1/index', 'objects/4b/c0ffee']);
  const living = (files: readonly string[]) => files.filter((file) => existsSync(file));
  return { debris, whole, living };
}

test('002-7.4 locks and half-written objects that killed gits left in the depot and the vault go, however young; all else stays', async () => {
  await using world = await createWorld();
  const { depot } = await world.open();
  const places = [depot.path, vaultOf(depot)].map(leftBehind);
  await sweepDepot(depot);
  for (const { debris, whole, living } of places) {
    expect(living(debris)).toEqual([]);
    expect(living(whole)).toEqual(whole);
  }
});

test('as long as a git writes in the depot, nothing of it is taken away', async () => {
  await using world = await createWorld();
  const { depot } = await world.open();
  const git = await waitingGit(depot.path, ['update-ref', '--stdin'], 'start');
  const { debris, living } = leftBehind(depot.path);
  try {
    await sweepDepot(depot);
    expect(living(debris)).toEqual(debris);
  } finally {
    await git[Symbol.asyncDispose]();
  }
  await sweepDepot(depot);
  expect(living(debris)).toEqual([]);
});
