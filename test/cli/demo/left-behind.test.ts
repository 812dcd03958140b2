import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { leftBehind } from '../../../lib/cli/demo/left-behind.js';
import { Rig } from '../../rig/rig.js';

test('a process, a lock, a draft and a temporary file that are left are told, whole files are not', async () => {
  await using rig = await Rig.create();
  const folder = join(rig.places.root, 'demo');
  const plant = (name: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '');
  };
  const repository = join(folder, 'textstat');
  const stage = { folder, repository, home: '', variables: {} };
  const temporary = join(folder, 'tmp');
  ['textstat/package-lock.json', 'textstat/.git/sage/owner', 'state/lane-1.json'].forEach(plant);
  expect(await leftBehind(stage, temporary, undefined)).toEqual([]);

  const left = ['textstat/.git/index.lock', 'state/lane-1.json.4711', 'tmp/file'];
  left.forEach(plant);
  const cat = spawn('sh', ['-c', 'read _', folder], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(cat, 'exit');
  try {
    const told = await leftBehind(stage, temporary, undefined);
    expect([...told].sort()).toEqual(
      [
        `process ${cat.pid} lives: sh -c read _ ${folder}`,
        ...left.map((name) => `left: ${name}`),
      ].sort(),
    );
  } finally {
    cat.stdin.end();
    await ended;
  }
});
