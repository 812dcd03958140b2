import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mergeTrees, mergeWithEach } from '../../lib/git/merge-tree.js';
import { createWorld, value, type World } from './world.js';

/** Two branches from main: each line is run on one of them, then committed. */
function fork(world: World, ours: string, theirs: string) {
  world.sh(`git checkout -q -b ours && ${ours}`);
  const one = world.commit('ours');
  world.sh(`git checkout -q -b theirs main && ${theirs}`);
  return { ours: one, theirs: world.commit('theirs') };
}

describe('merging without a checkout', () => {
  test('changes in different places merge', async () => {
    await using world = await createWorld();
    const { ours, theirs } = fork(
      world,
      `printf 'ONE\\ntwo\\nthree\\n' > README.md`,
      `echo b > 'a b'; mkdir c; git mv README.md c/README.md`,
    );
    const { depot } = await world.open();
    const merged = value(await mergeTrees(depot, ours, theirs));
    if (merged.kind !== 'clean') throw new Error('conflict');
    expect(world.sh(`git ls-tree -r --name-only ${merged.tree}`, depot.path)).toBe(
      'a b\nc/README.md',
    );
    expect(world.sh(`git show ${merged.tree}:c/README.md`, depot.path)).toBe('ONE\ntwo\nthree');
  });

  test('a conflict names its files, once each, and changes nothing', async () => {
    await using world = await createWorld();
    await world.write('z\nz', '1');
    world.commit('more');
    const change = (word: string) => `echo ${word} > README.md; printf ${word} > 'z\nz'`;
    const { ours, theirs } = fork(world, change('x'), change('y'));
    const { depot } = await world.open();
    expect(value(await mergeTrees(depot, ours, theirs))).toEqual({
      kind: 'conflict',
      files: ['README.md', 'z\nz'],
    });
  });

  test('one commit is merged with each of several at once, as it is alone', async () => {
    await using world = await createWorld();
    await world.write('z\nz', '1');
    world.commit('more');
    const change = (word: string) => `echo ${word} > README.md; printf ${word} > 'z\nz'`;
    const { ours, theirs } = fork(world, change('x'), change('y'));
    world.sh('git checkout -q -b other main && echo other > other.txt');
    const other = world.commit('other');
    const { depot } = await world.open();
    const all = [other, ours, theirs, other];
    const alone = await Promise.all(all.map((one) => mergeTrees(depot, one, theirs)));
    expect(value(await mergeWithEach(depot, all, theirs))).toEqual(alone.map(value));
    expect(alone.map((one) => value(one).kind)).toEqual(['clean', 'conflict', 'clean', 'clean']);
    expect(value(await mergeWithEach(depot, [], theirs))).toEqual([]);
  });

  test("git's own drivers of our side's .gitattributes count, commands do not run", async () => {
    await using world = await createWorld();
    const mark = join(world.root, 'driver-ran');
    world.sh(`git config --global merge.evil.driver 'touch ${mark}'`);
    await world.write('list/.gitattributes', '*.txt merge=union\n*.bin merge=evil\n');
    await world.write('list/a.txt', 'start\n');
    await world.write('list/a.bin', 'start\n');
    world.commit('attributes');
    const { ours, theirs } = fork(
      world,
      'echo one >> list/a.txt; echo one >> list/a.bin',
      'echo two >> list/a.txt; echo two >> list/a.bin',
    );
    const { depot } = await world.open();
    expect(value(await mergeTrees(depot, ours, theirs))).toEqual({
      kind: 'conflict',
      files: ['list/a.bin'],
    });
    expect(existsSync(mark)).toBe(false);
  });

  test("a dirty .gitattributes of the user's checkout changes nothing", async () => {
    await using world = await createWorld();
    const { ours, theirs } = fork(world, 'echo x > README.md', 'echo y > README.md');
    await world.write('.gitattributes', '* merge=union\n');
    const { depot } = await world.open();
    expect(value(await mergeTrees(depot, ours, theirs)).kind).toBe('conflict');
  });
});
