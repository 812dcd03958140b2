import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { takeOwnership } from '../../lib/journal/owner.js';
import { readOwner } from '../../lib/journal/read-owner.js';
import { runId } from '../../lib/model/ids.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = '2026-01-01T00:00:00.000Z';
const take = (run: string) => takeOwnership(folder, runId(run), at);

/** A process of its own that takes ownership and then waits to be killed. */
async function otherOwner(run: string) {
  const module = pathToFileURL(join(process.cwd(), 'dist/lib/journal/owner.js')).href;
  const program = `const { takeOwnership } = await import(${JSON.stringify(module)});
    const own = await takeOwnership(${JSON.stringify(folder)}, ${JSON.stringify(run)}, ${JSON.stringify(at)});
    process.stdout.write(own.ok ? 'mine' : own.failure.message);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString() };
}

describe('who runs in a repository', () => {
  test('002-4.3 a second start is refused and told who runs', async () => {
    const { child, said } = await otherOwner('20260101-000000-aaaa');
    try {
      expect(said).toBe('mine');
      const refused = await take('20260101-000001-bbbb');
      expect(refused).toMatchObject({ ok: false, failure: { code: 'run/owned' } });
      expect(!refused.ok && refused.failure.message).toContain(`process ${child.pid}`);
      expect(!refused.ok && refused.failure.message).toContain('20260101-000000-aaaa');
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  test('a dead owner is replaced at once', async () => {
    const { child } = await otherOwner('20260101-000000-aaaa');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const taken = await take('20260101-000001-bbbb');
    expect(taken.ok).toBe(true);
    if (!taken.ok) return;
    expect(await readOwner(folder)).toMatchObject({
      run: '20260101-000001-bbbb',
      pid: process.pid,
    });
    await taken.value.checkFence();
    await taken.value[Symbol.asyncDispose]();
    expect(await readOwner(folder)).toBeUndefined();
  });

  test('002-7.4 one that died between making its lock and leaving its name does not keep the next one out', async () => {
    const { child } = await otherOwner('20260101-000000-aaaa');
    child.kill('SIGKILL');
    await once(child, 'exit');
    // Another took the dead one's lock away, made its own, and was killed.
    await rm(join(folder, 'owner.lock'), { recursive: true });
    await mkdir(join(folder, 'owner.lock'));
    const taken = await take('20260101-000001-bbbb');
    expect(taken.ok).toBe(true);
    if (taken.ok) await taken.value[Symbol.asyncDispose]();
  });

  test('of many that find a dead owner exactly one takes over', async () => {
    const { child } = await otherOwner('20260101-000000-aaaa');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const others = await Promise.all(
      Array.from({ length: 4 }, (_, n) => otherOwner(`20260101-00000${n + 1}-cccc`)),
    );
    try {
      expect(others.filter(({ said }) => said === 'mine')).toHaveLength(1);
    } finally {
      for (const { child: other } of others) {
        other.kill('SIGKILL');
        await once(other, 'exit');
      }
    }
  });
});
