import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVerdictCache } from '../../lib/checks/verdict-cache.js';
import { verdictKey, type VerdictBasis } from '../../lib/checks/verdict-key.js';
import { oid } from '../../lib/model/ids.js';
import type { Verdict } from '../../lib/model/work.js';

const tree = oid('a'.repeat(40));
const basis: VerdictBasis = {
  commands: ['npm test'],
  setup: [],
  nodeVersion: 'v20.19.0',
  platform: 'linux-x64',
};
const key = verdictKey(basis);
const green: Verdict = {
  colour: 'green',
  tree,
  key,
  cached: false,
  ms: 12,
  results: [
    {
      name: 'npm test',
      command: 'npm test',
      outcome: 'passed',
      flaky: false,
      exitCode: 0,
      ms: 11,
      log: 'checks/x-1.log',
      logHash: 'ff',
      tail: '',
    },
  ],
};

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sage-test-')), 'verdicts');
});
afterEach(async () => {
  await rm(join(directory, '..'), { recursive: true, force: true });
});

describe('the verdict cache', () => {
  test('tells a later run what it knows, with logs found from that run', async () => {
    await (await openVerdictCache(directory, 'run-1')).keep(green);
    const same = await (await openVerdictCache(directory, 'run-1')).find(tree, key);
    expect(same).toEqual({ ...green, cached: true });
    const later = await (await openVerdictCache(directory, 'run-2')).find(tree, key);
    expect(later?.results[0]?.log).toBe('../run-1/checks/x-1.log');
  });

  test('forgets red verdicts', async () => {
    const cache = await openVerdictCache(directory, 'run-1');
    await cache.keep({ ...green, colour: 'red' });
    expect(await cache.find(tree, key)).toBeUndefined();
  });

  test('does not trust a file that is torn or belongs to something else', async () => {
    const cache = await openVerdictCache(directory, 'run-1');
    await cache.keep(green);
    const [name = ''] = await readdir(directory);
    for (const text of [
      '',
      '{"v":1',
      '{"v":2}',
      JSON.stringify({ v: 1, run: 'r', verdict: { ...green, tree: 'b' } }),
    ]) {
      await writeFile(join(directory, name), text);
      expect(await cache.find(tree, key)).toBeUndefined();
    }
  });

  test('knows other commands, set-up, node or platform as something else', () => {
    const keys = [
      basis,
      { ...basis, commands: ['npm', 'test'] },
      { ...basis, commands: ['npm test', ''] },
      { ...basis, setup: ['npm ci'] },
      { ...basis, nodeVersion: 'v22.0.0' },
      { ...basis, platform: 'darwin-arm64' },
    ].map(verdictKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
