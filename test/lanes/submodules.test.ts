import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createWorld, type World } from '../git/world.js';
import { createYard } from './yard.js';

const FILL = 'git -c protocol.file.allow=always submodule --quiet update --init';
const NOT_TAKEN = expect.stringMatching(/inside the submodule vendor\/lib is not taken/);

/** A repository with the submodule vendor/lib, which holds the file l. */
async function worldWithSubmodule(): Promise<World> {
  const world = await createWorld();
  world.sh(
    'git init -q -b main ../lib && cd ../lib && echo l > l && git add . && git commit -q -m l',
  );
  world.sh(
    'git -c protocol.file.allow=always submodule --quiet add "$PWD/../lib" vendor/lib && git commit -q -m sub',
  );
  return world;
}

describe('submodules in a lane', () => {
  test('one is an empty folder; files put there do not land, are told, and are put aside for the next attempt', async () => {
    await using world = await worldWithSubmodule();
    const yard = await createYard(world);
    await yard.prepare();
    expect(yard.agent('ls vendor/lib')).toBe('');
    yard.agent('echo new > vendor/lib/new; echo work > work');
    const { harvest } = await yard.harvest();
    expect(harvest).toMatchObject({ files: ['work'], notes: [NOT_TAKEN] });
    expect((await yard.prepare({ attempt: 2 })).type).toBe('lane.prepared');
    expect(yard.agent('ls vendor/lib')).toBe('');
    expect(existsSync(join(yard.yard.root, 'aside/lane-1-1/new'))).toBe(true);
  });

  test('one that the set-up fills is as recorded for each attempt, whatever the last one did in it', async () => {
    await using world = await worldWithSubmodule();
    const yard = await createYard(world, { copy: [], run: [FILL] });
    await yard.prepare();
    expect(yard.agent('ls vendor/lib')).toBe('l\n');
    yard.agent('echo changed > vendor/lib/l; echo work > work');
    expect((await yard.harvest()).harvest).toMatchObject({ files: ['work'], notes: [NOT_TAKEN] });
    expect((await yard.prepare({ attempt: 2 })).type).toBe('lane.prepared');
    expect(yard.agent('cat vendor/lib/l; git status --porcelain')).toBe('l\n');
    // One that is left alone stays and needs no set-up.
    expect(await yard.prepare({ attempt: 3 })).toMatchObject({ type: 'lane.prepared' });
    expect(yard.agent('cat vendor/lib/l')).toBe('l\n');
  });

  test('one whose .gitmodules was deleted is as recorded for the next attempt, too', async () => {
    await using world = await worldWithSubmodule();
    const yard = await createYard(world, { copy: [], run: [FILL] });
    await yard.prepare();
    yard.agent('rm .gitmodules; echo changed > vendor/lib/l; echo work > work');
    const { harvest } = await yard.harvest();
    expect(harvest).toMatchObject({ files: ['.gitmodules', 'work'] });
    expect((await yard.prepare({ attempt: 2 })).type).toBe('lane.prepared');
    expect(yard.agent('cat vendor/lib/l; git status --porcelain')).toBe('l\n');
  });
});
