import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropOwnRecords, OPENCODE_RECORD } from '../../lib/agents/attempt-files.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('003-7.1 what OpenCode keeps for itself of sessions goes, what sage keeps of the attempt stays', async () => {
  for (const attempt of ['A-1', 'B-1']) {
    await mkdir(join(folder, attempt));
    for (const name of ['', '-wal', '-shm'].map((suffix) => `${OPENCODE_RECORD}${suffix}`))
      await writeFile(join(folder, attempt, name), 'key');
  }
  await writeFile(join(folder, 'A-1', 'output.log'), 'said');
  await dropOwnRecords(folder);
  expect(await readdir(join(folder, 'A-1'))).toEqual(['output.log']);
  expect(await readdir(join(folder, 'B-1'))).toEqual([]);
});

test('a run without attempts has none', async () => {
  await expect(dropOwnRecords(join(folder, 'attempts'))).resolves.toBeUndefined();
});
