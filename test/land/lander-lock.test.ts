import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLanderLock } from '../../lib/land/lander-lock.js';
import { startChild, type Child } from './child.js';

let directory: string;
let children: Child[];
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sage-test-')), 'sage');
  children = [];
});
afterEach(async () => {
  for (const child of children) await child.kill();
  await rm(join(directory, '..'), { recursive: true, force: true });
});

const lock = (patienceMs = 20_000) =>
  createLanderLock({ directory, holder: 'run mine', patienceMs });

async function holder(): Promise<Child> {
  const child = startChild(new URL('./lock-holder.js', import.meta.url), directory, 'run theirs');
  children.push(child);
  await child.saying('held');
  return child;
}

describe("the lander's lock", () => {
  test('lets one at a time through and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await readdir(directory);
      inside -= 1;
      return 'done';
    };
    const results = await Promise.all([1, 2, 3, 4].map(() => lock().hold(work)));
    expect(results).toEqual(Array(4).fill({ ok: true, value: 'done' }));
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test('is released when the work throws', async () => {
    await expect(lock().hold(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await readdir(directory)).toEqual([]);
  });

  test('002-11.2 a dead holder is replaced at once, however fresh its heartbeat', async () => {
    const child = await holder();
    await child.kill();
    expect(existsSync(join(directory, 'landing.lock'))).toBe(true);
    const started = performance.now();
    expect(await lock(0).hold(() => Promise.resolve('mine'))).toEqual({ ok: true, value: 'mine' });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await readdir(directory)).toEqual([]);
  });

  test('002-11.2 a live holder is never broken, even one that stands still; who waits gives up and names it', async () => {
    const child = await holder();
    child.process.kill('SIGSTOP');
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(directory, 'landing.lock'), longAgo, longAgo);
    const result = await lock(300).hold(() => Promise.resolve('mine'));
    expect(result).toMatchObject({
      ok: false,
      failure: { code: 'land/lock-busy', retryable: true },
    });
    if (!result.ok) {
      expect(result.failure.message).toContain(`process ${child.pid}`);
      expect(result.failure.message).toContain('run theirs');
    }
    expect(existsSync(join(directory, 'landing.lock'))).toBe(true);
    expect(child.said()).toBe('held\n');
  });

  test('002-11.2 a holder that lets go is followed by who waits', async () => {
    const child = await holder();
    const waiting = lock().hold(() => Promise.resolve('mine'));
    expect(await child.finish()).toBe('held\nreleased\n');
    expect(await waiting).toEqual({ ok: true, value: 'mine' });
  });

  test('the name of a dead process beside the lock of a live one breaks nothing', async () => {
    const dead = await holder();
    const [name = ''] = (await readdir(directory)).filter((one) => one.endsWith('.json'));
    const record = await readFile(join(directory, name), 'utf8');
    await dead.kill();
    const alive = await holder();
    await writeFile(join(directory, name), record);
    const result = await lock(0).hold(() => Promise.resolve('mine'));
    expect(result).toMatchObject({ ok: false, failure: { code: 'land/lock-busy' } });
    expect(await alive.finish()).toBe('held\nreleased\n');
  });

  test('002-11.2 a holder killed before it could leave its name is replaced at once', async () => {
    const child = await holder();
    const [name = ''] = (await readdir(directory)).filter((one) => one.endsWith('.json'));
    const path = join(directory, name);
    await child.kill();
    const record = JSON.parse(await readFile(path, 'utf8')) as { lock?: string };
    delete record.lock;
    await writeFile(path, JSON.stringify(record));
    expect(await lock(0).hold(() => Promise.resolve('mine'))).toEqual({ ok: true, value: 'mine' });
    expect(await readdir(directory)).toEqual([]);
  });

  test('a lock without any name beside it is stale without a heartbeat', async () => {
    await mkdir(join(directory, 'landing.lock'), { recursive: true });
    const busy = await lock(0).hold(() => Promise.resolve('mine'));
    expect(busy).toMatchObject({ ok: false, failure: { code: 'land/lock-busy' } });
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(directory, 'landing.lock'), longAgo, longAgo);
    expect(await lock(0).hold(() => Promise.resolve('mine'))).toEqual({ ok: true, value: 'mine' });
  });
});
