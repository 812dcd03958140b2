import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withTemporaryIndex } from '../../lib/git/trees.js';
import { scratchPath, sweepScratch } from '../../lib/git/scratch.js';
import { createWorld } from './world.js';

describe('files that live for one call', () => {
  test('an index of its own lies below the depot and goes away with its lock', async () => {
    await using world = await createWorld();
    const { depot } = await world.open();
    const path = await withTemporaryIndex(depot, async (env, index) => {
      expect(env).toEqual({ GIT_INDEX_FILE: index });
      expect(index.startsWith(`${depot.path}/`)).toBe(true);
      await writeFile(index, '');
      await writeFile(`${index}.lock`, '');
      return index;
    });
    expect([existsSync(path), existsSync(`${path}.lock`)]).toEqual([false, false]);
  });

  test('what a killed process left goes when the depot is opened again, what a living one has stays', async () => {
    await using world = await createWorld();
    const { depot } = await world.open();
    const scratch = new URL('../../lib/git/scratch.js', import.meta.url).href;
    const dying = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { writeFileSync } from 'node:fs';
         import { scratchPath } from ${JSON.stringify(scratch)};
         const path = await scratchPath({ path: ${JSON.stringify(depot.path)} });
         writeFileSync(path, ''); writeFileSync(path + '.lock', '');
         process.kill(process.pid, 'SIGKILL');`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await once(dying, 'exit');
    const mine = await scratchPath(depot);
    await mkdir(mine);
    const folder = join(depot.path, 'scratch');
    expect(readdirSync(folder)).toHaveLength(3);
    await world.open();
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([mine]);
  });

  test('names that nobody here gave are left alone', async () => {
    await using world = await createWorld();
    const { depot } = await world.open();
    await mkdir(join(depot.path, 'scratch'), { recursive: true });
    await writeFile(join(depot.path, 'scratch/%E0%A4%A'), '');
    await writeFile(join(depot.path, 'scratch/1,2,3,another-host,x'), '');
    await sweepScratch(depot);
    expect(readdirSync(join(depot.path, 'scratch'))).toHaveLength(2);
  });
});
