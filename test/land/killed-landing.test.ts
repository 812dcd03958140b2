import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { createRefMove } from '../../lib/land/move-ref.js';
import { createPublisher } from '../../lib/land/publisher.js';
import { oid, type Oid } from '../../lib/model/ids.js';
import { startChild } from './child.js';
import { branch, clock, createLandWorld, moveIntent, type LandWorld } from './world.js';

/** Milliseconds after the start of a landing, which takes about 40: before, at and after each of its steps. */
const MOMENTS = [0, 4, 8, 12, 16, 20, 25, 30, 40, 60];

let world: LandWorld;
beforeEach(async () => {
  world = await createLandWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

function landable(name: string, parent: Oid): Oid {
  world.work(`echo ${name} > ${name}.txt`, parent);
  world.sh(`git commit -q --amend -m '${name}' -m 'Land-Id: run-1/${name}'`, world.lane);
  return oid(world.sh('git rev-parse HEAD', world.lane));
}

describe('a lander that is killed', () => {
  test('002-4.7 at any moment: the next one finishes its landing, once, and the branch is old or new in between', async () => {
    const { repository, depot, lock, environment } = world;
    await using publisher = createPublisher({ repository, depot, branch });
    const effect = createRefMove({ depot, branch, lock, clock, publisher });
    let old = world.base;
    for (const [index, moment] of MOMENTS.entries()) {
      const name = `T-${index}`;
      const commit = landable(name, old);
      const intent = moveIntent(old, commit, name);
      const lander = startChild(
        new URL('./raw-lander.js', import.meta.url),
        JSON.stringify({ environment, repository, depot: depot.path, branch, intent }),
      );
      try {
        await lander.saying('ready');
        lander.process.stdin?.end();
        await pause(moment);
      } finally {
        await lander.kill();
      }
      expect([old, commit]).toContain(world.tip());
      const [event] = await effect.reconcile(intent, new AbortController().signal);
      expect(event).toMatchObject({ type: 'landing.landed', commit });
      expect(world.tip()).toBe(commit);
      await publisher.settle();
      expect(world.sh(`git rev-parse refs/heads/${branch}`)).toBe(commit);
      old = commit;
    }
    const landed = world.inDepot(`log --reverse --format=%s ${world.base}..refs/heads/${branch}`);
    expect(landed.split('\n')).toEqual(MOMENTS.map((_moment, index) => `T-${index}`));
  });
});
