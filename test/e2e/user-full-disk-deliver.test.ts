import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { Rig } from '../rig/rig.js';
import { endSpoilt, preparedRig, SmallDisk } from '../rig/small-disk.js';

const WORKS = { '*': [{ write: { '{ticket}.txt': 'done\n' } }] };

async function commitOfUser(rig: Rig): Promise<void> {
  await rig.write({ 'mine.txt': 'mine\n' });
  await rig.git('add', 'mine.txt');
  await rig.git('commit', '--quiet', '--message', 'mine', '--', 'mine.txt');
}

describe('as root on Linux, on a small disk that is full', () => {
  test('002-7.2 003-7.8 a merge of the moved target that cannot be stored suspends the delivery; resume does it', async () => {
    await using rig = await preparedRig('main', 'A');
    await rig.script(WORKS);
    await rig.stream();
    await commitOfUser(rig);
    const before = await rig.git('for-each-ref', 'refs/heads');
    using disk = new SmallDisk(join(rig.gitDir, 'sage/depot.git/objects'));
    disk.fill();
    const { code, stderr } = await rig.run('deliver');
    expect([code, stderr]).toEqual([1, expect.stringContaining('disk/full')]);
    expect(stderr).toContain('`sage resume` goes on');
    expect(rig.journal().at(-1)?.type).toBe('run.suspended');
    expect(await rig.git('for-each-ref', 'refs/heads')).toBe(before);
    disk.empty();
    expect((await rig.run('resume')).code).toBe(0);
    expect(await rig.filesOf('main')).toEqual(['A.txt', 'README.md', 'mine.txt']);
    expect(rig.calls()).toHaveLength(1);
  });

  test('002-7.2 003-7.8 a delivery that finds no room in the user’s repository suspends the run; resume delivers', async () => {
    await using rig = await preparedRig('work', 'A');
    using disk = new SmallDisk(join(rig.gitDir, 'objects'));
    const { code, stderr } = await endSpoilt(rig, () => disk.fill());
    expect([code, stderr]).toEqual([1, expect.stringContaining('disk/full')]);
    expect(rig.journal().at(-1)?.type).toBe('run.suspended');
    expect(rig.states()).toEqual({ A: 'COMPLETED' });
    disk.empty();
    expect((await rig.run('resume')).code).toBe(0);
    expect(rig.read('A.txt')).toBe('done\n');
    expect(rig.calls()).toHaveLength(1);
  });
});
