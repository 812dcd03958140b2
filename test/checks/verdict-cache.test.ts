import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVerdictCache } from '../../lib/checks/verdict-cache.js';
import { verdictKeys } from '../../lib/checks/verdict-key.js';
import { oid } from '../../lib/model/ids.js';
import type { Verdict } from '../../lib/model/work.js';

const tree = oid('a'.repeat(40));
const key = verdictKeys(['npm test'], [], []).clean;
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

  test('knows other commands and another basis as something else', () => {
    const keys = [
      verdictKeys(['npm test'], [], []),
      verdictKeys(['npm', 'test'], [], []),
      verdictKeys(['npm test'], ['npm ci'], []),
    ].map(({ clean }) => clean);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('a verdict that rests on known failures holds with these alone, a clean one always', () => {
    const failures = { command: 'npm test', exitCode: 1, failures: ['adds'] };
    const keys = [
      verdictKeys(['npm test'], [], []),
      verdictKeys(['npm test'], [], 'base'),
      verdictKeys(['npm test'], [], [failures]),
      verdictKeys(['npm test'], [], [{ ...failures, failures: ['adds', 'takes'] }]),
    ];
    expect(new Set(keys.map(({ clean }) => clean)).size).toBe(1);
    expect(new Set(keys.map(({ withKnown }) => withKnown)).size).toBe(keys.length);
  });
});
