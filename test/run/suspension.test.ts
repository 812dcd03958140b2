import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createLanderLock } from '../../lib/land/lander-lock.js';
import { createRefMove } from '../../lib/land/move-ref.js';
import { createPublisher } from '../../lib/land/publisher.js';
import { Refusal } from '../../lib/model/failure.js';
import { fencedLock } from '../../lib/run/fenced.js';
import { orSuspension } from '../../lib/run/suspension.js';
import { branch, clock, createLandWorld, moveIntent } from '../land/world.js';

const { signal } = new AbortController();

describe('a landing lock that is not let go', () => {
  test('002-11.2 the run is suspended with the living holder’s name after the wait; nothing is broken, nothing moved', async () => {
    await using world = await createLandWorld();
    const { repository, depot } = world;
    const directory = join(repository.commonDir, 'sage');
    const commit = world.work('echo x > x.txt');
    await using publisher = createPublisher({ repository, depot, branch });
    const lock = createLanderLock({ directory, holder: 'run run-1', patienceMs: 200 });
    const move = createRefMove({ depot, branch, lock, clock, publisher });
    const theirs = createLanderLock({ directory, holder: 'run theirs' });
    await theirs.hold(async () => {
      const events = await move.perform(moveIntent(world.base, commit), signal);
      const told = await orSuspension(events, [directory]);
      expect(told).toEqual([
        { type: 'run.suspended', failure: expect.objectContaining({ code: 'land/lock-busy' }) },
      ]);
      expect(JSON.stringify(told)).toContain('run theirs');
      expect(existsSync(join(directory, 'landing.lock'))).toBe(true);
      expect(world.tip()).toBe(world.base);
    });
    // Let go, the very same intent lands.
    const [landed] = await move.reconcile(moveIntent(world.base, commit), signal);
    expect(landed).toMatchObject({ type: 'landing.landed', commit });
  });

  test('who lost the run while waiting for the lock moves nothing', async () => {
    await using world = await createLandWorld();
    const { repository, depot } = world;
    const commit = world.work('echo x > x.txt');
    await using publisher = createPublisher({ repository, depot, branch });
    const lost = () => Promise.reject(new Refusal([{ code: 'run/owned', message: 'lost' }], 1));
    const lock = fencedLock(lost, world.lock);
    const move = createRefMove({ depot, branch, lock, clock, publisher });
    await expect(move.perform(moveIntent(world.base, commit), signal)).rejects.toThrow('lost');
    expect(world.tip()).toBe(world.base);
  });
});

test('a fault that no resumption mends is told as it is', async () => {
  const events = [
    {
      type: 'landing.bounced',
      ticket: moveIntent('a' as never, 'b' as never).ticket!,
      why: 'failed',
      failure: { code: 'git/failed', message: 'git merge-tree: broken' },
    },
  ] as const;
  expect(await orSuspension(events, ['/'])).toBe(events);
});

test('002-7.2 a target that cannot be read for a broken disk suspends; a lock in the way of a delivery leaves the work', async () => {
  const message = 'git rev-parse: error: unable to open object: Input/output error';
  const seen = { type: 'target.seen', failure: { code: 'git/failed', message } } as const;
  expect(await orSuspension([seen], ['/'])).toEqual([
    { type: 'run.suspended', failure: expect.objectContaining({ code: 'disk/not-writable' }) },
  ]);
  const failure = { code: 'git/locked', message: '/r/.git/index.lock stands there' } as const;
  const left = { type: 'run.delivered', how: 'left', why: failure.message, failure } as const;
  expect(await orSuspension([left], ['/'])).toEqual([left]);
});
