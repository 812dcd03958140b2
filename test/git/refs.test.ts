import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../../lib/model/ids.js';
import { deleteRef, listRefs, moveRef, readRef, setRef } from '../../lib/git/refs.js';
import { createWorld, value, type World } from './world.js';

describe('refs', () => {
  let world: World;
  let one: Oid;
  let two: Oid;
  beforeAll(async () => {
    world = await createWorld();
    one = value(await readRef(world.git, world.repo, 'HEAD'))!;
    await world.write('b', 'b');
    two = world.commit('second');
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('a ref is created only where there is none, and moves only from where it is expected', async () => {
    const { git, repo } = world;
    const ref = 'refs/heads/sage/x';
    expect(value(await moveRef(git, repo, ref, one, undefined, 'made'))).toBe('moved');
    expect(value(await moveRef(git, repo, ref, two, undefined, 'again'))).toEqual({ stale: one });
    expect(value(await moveRef(git, repo, ref, one, two, 'no'))).toEqual({ stale: one });
    expect(value(await moveRef(git, repo, ref, two, one, 'yes'))).toBe('moved');
    expect(world.sh(`git reflog show --format=%gs ${ref}`)).toBe('yes\nmade');
    expect(value(await deleteRef(git, repo, ref, one))).toEqual({ stale: two });
    expect(value(await deleteRef(git, repo, ref, two))).toBe('moved');
    expect(value(await readRef(git, repo, ref))).toBeUndefined();
    expect(value(await deleteRef(git, repo, ref, two))).toEqual({ stale: undefined });
  });

  test('of ten movers at once exactly one wins', async () => {
    const { git, repo } = world;
    const ref = 'refs/heads/sage/race';
    value(await setRef(git, repo, ref, one));
    const moves = await Promise.all(
      Array.from({ length: 10 }, () => moveRef(git, repo, ref, two, one, 'race')),
    );
    expect(moves.map(value).filter((move) => move === 'moved')).toHaveLength(1);
  });

  test('a lock that a killed git left behind in the depot is removed once it is old', async () => {
    const { path } = (await world.open()).depot;
    const { git } = world;
    const ref = 'refs/heads/sage/locked';
    value(await setRef(git, path, ref, one));
    const lock = join(path, `${ref}.lock`);
    writeFileSync(lock, '');
    const old = Date.now() / 1_000 - 60;
    utimesSync(lock, old, old);
    expect(value(await moveRef(git, path, ref, two, one, 'healed'))).toBe('moved');
    expect(existsSync(lock)).toBe(false);
  });

  test('a fresh lock is waited for', async () => {
    const { git, repo } = world;
    const ref = 'refs/heads/sage/busy';
    value(await setRef(git, repo, ref, one));
    const lock = join(repo, '.git', `${ref}.lock`);
    writeFileSync(lock, '');
    const moving = moveRef(git, repo, ref, two, one, 'waited');
    await expect(readRef(git, repo, ref)).resolves.toEqual({ ok: true, value: one });
    world.sh(`rm '${lock}'`);
    expect(value(await moving)).toBe('moved');
  });

  test('refs below a prefix are listed', async () => {
    const { git, repo } = world;
    value(await setRef(git, repo, 'refs/sage/kept/r/T-1/1', one));
    expect(value(await listRefs(git, repo, 'refs/sage/kept/'))).toEqual([
      { name: 'refs/sage/kept/r/T-1/1', oid: one },
    ]);
    expect(value(await listRefs(git, repo, 'refs/none/'))).toEqual([]);
  });
});
