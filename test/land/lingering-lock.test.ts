import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLanderLock } from '../../lib/land/lander-lock.js';
import { lingering } from '../../lib/land/lingering-lock.js';
import { startChild } from './child.js';

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sage-test-')), 'sage');
});
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

const lock = (patienceMs = 20_000) =>
  createLanderLock({ directory, holder: 'run mine', patienceMs });
const isHeld = () => existsSync(join(directory, 'landing.lock'));

test('it is kept from one work to the next, one at a time, and let go at the end', async () => {
  await using kept = lingering(lock());
  let inside = 0;
  const works = [1, 2, 3].map((number) =>
    kept.hold(async (isOurs) => {
      inside += 1;
      expect([inside, isHeld(), isOurs()]).toEqual([1, true, true]);
      await Promise.resolve();
      inside -= 1;
      return number;
    }),
  );
  expect(await Promise.all(works)).toEqual([1, 2, 3].map((value) => ({ ok: true, value })));
  expect(isHeld()).toBe(true);
  expect(await kept.hold(() => Promise.resolve('next'))).toEqual({ ok: true, value: 'next' });
  await kept[Symbol.asyncDispose]();
  expect(isHeld()).toBe(false);
});

test('who waits for it gets it while nothing lands, and between two landings of a busy run', async () => {
  await using kept = lingering(lock());
  await kept.hold(() => Promise.resolve());
  expect(await lock().hold(() => Promise.resolve('theirs'))).toEqual({ ok: true, value: 'theirs' });

  const over = new AbortController();
  const busy = (async () => {
    while (!over.signal.aborted) await kept.hold(() => new Promise((done) => setImmediate(done)));
  })();
  expect(await lock().hold(() => Promise.resolve('theirs'))).toEqual({ ok: true, value: 'theirs' });
  over.abort();
  await busy;
});

test('a work that throws, or a lock that cannot be had, is told to those it concerns', async () => {
  await using kept = lingering(lock(0));
  const broken = kept.hold(() => Promise.reject(new Error('broken')));
  const fine = kept.hold(() => Promise.resolve('fine'));
  await expect(broken).rejects.toThrow('broken');
  expect(await fine).toEqual({ ok: true, value: 'fine' });
  await kept[Symbol.asyncDispose]();

  const child = startChild(new URL('./lock-holder.js', import.meta.url), directory, 'run theirs');
  await child.saying('held');
  await using other = lingering(lock(0));
  const refused = await Promise.all([1, 2].map(() => other.hold(() => Promise.resolve('never'))));
  for (const one of refused) expect(one).toMatchObject({ failure: { code: 'land/lock-busy' } });
  expect(await child.finish()).toBe('held\nreleased\n');
  expect(await other.hold(() => Promise.resolve('now'))).toEqual({ ok: true, value: 'now' });
});

test('who waits is told when the lock itself breaks', async () => {
  const broken = { hold: () => Promise.reject(new Error('no folder')) };
  await using kept = lingering(broken);
  const told = await Promise.allSettled([1, 2].map(() => kept.hold(() => Promise.resolve())));
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
