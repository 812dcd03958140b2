import { readdirSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { holderOf } from '../../lib/git/lock-holder.js';
import { readNames, readRef, setRef } from '../../lib/git/refs.js';
import { withStandingGits } from '../../lib/git/standing-gits.js';
import { createWorld, value } from './world.js';

/** The git that stands ready in a folder to change refs. */
function writerIn(folder: string): number | undefined {
  const isIt = (pid: string) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words.includes('update-ref') && readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  };
  const found = readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && isIt(pid));
  return found === undefined ? undefined : Number(found);
}

describe('who may hold a lock in the depot', () => {
  test('002-7.4 not those of our gits that only read there, not one that began later, but a writer that was there', async () => {
    await using world = await createWorld();
    const { path } = (await world.open()).depot;
    const head = value(await readRef(world.git, world.repo, 'HEAD'))!;
    const lock = join(path, 'refs/heads/sage/x.lock');
    await using git = withStandingGits(world.git, path);
    value(await readNames(git, path, ['HEAD']));
    value(await setRef(world.git, path, 'refs/heads/sage/y', head));
    writeFileSync(lock, '');
    expect(await holderOf(lock)).toBeUndefined();
    value(await setRef(git, path, 'refs/heads/sage/y', head));
    writeFileSync(lock, '');
    expect(await holderOf(lock)).toBe(`git (process ${writerIn(path)}) works there`);
    const before = Date.now() / 1_000 - 60;
    utimesSync(lock, before, before);
    expect(await holderOf(lock)).toBeUndefined();
  });
});
