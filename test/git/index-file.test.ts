import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookAtIndex } from '../../lib/git/index-file.js';
import { createWorld, type World } from './world.js';

const LONG = `${'long/'.repeat(30)}${'name'.repeat(50)}`;

describe('an index that is read without git', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    const names = ['a', 'a b/c', 'caf\u00e9/\u00fc', 'deep/er/and/deeper/file', 'deep/x', LONG];
    for (const name of names) await world.write(name, 'x\n');
    for (let number = 0; number < 50; number += 1) await world.write(`many/${number}`, 'x\n');
    world.commit('second');
    world.sh('git checkout -q -b other; echo o > a; git commit -qam o; git checkout -q main');
    world.sh('echo m > a; git commit -qam m; git merge -q other || true');
    world.sh('git update-index --assume-unchanged deep/x many/7');
    world.sh('git update-index --skip-worktree many/8 "a b/c"');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const read = () => readFileSync(join(world.repo, '.git/index'));
  const list = (line: string) =>
    world
      .sh(`git ls-files -z ${line} | iconv -f latin1 -t utf8`)
      .split('\0')
      .filter((entry) => entry !== '');

  test.each([2, 3, 4])('says in version %s what git says', (version) => {
    world.sh(`git update-index --index-version ${version}`);
    // What is extended makes git write version 3 instead of 2.
    expect(read().readUInt32BE(4)).toBe(Math.max(version, 3));
    const look = lookAtIndex(read(), 20);
    const marks = list('-v');
    const marked = (is: (tag: string) => boolean) =>
      marks.filter((line) => is(line[0] ?? '')).map((line) => line.slice(2));
    expect(look?.assumed).toEqual(marked((tag) => tag !== tag.toUpperCase()));
    expect(look?.skipped).toEqual(marked((tag) => tag === 'S'));
    expect(look?.unmerged).toEqual(list('-u'));
    expect(look?.unmerged).toHaveLength(3);
    const folders = new Set<string>();
    for (const name of list('')) {
      const parts = name.split('/').slice(0, -1);
      parts.forEach((_, index) => folders.add(parts.slice(0, index + 1).join('/')));
    }
    expect([...(look?.folders ?? [])].sort()).toEqual([...folders].sort());
  });

  test('is left to git where it is split, for other ids, cut off or nonsense', () => {
    const whole = read();
    for (let length = 0; length < whole.length; length += 7) {
      expect(lookAtIndex(whole.subarray(0, length), 20)).toBeUndefined();
    }
    expect(lookAtIndex(whole, 32)).toBeUndefined();
    expect(lookAtIndex(Buffer.alloc(500, 'DIRC'), 20)).toBeUndefined();
    world.sh('git update-index --split-index');
    expect(lookAtIndex(read(), 20)).toBeUndefined();
    world.sh('git update-index --no-split-index');
    expect(lookAtIndex(read(), 20)).toBeDefined();
  });
});
