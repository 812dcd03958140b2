import { describe, expect, test } from '@jest/globals';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdGit, type Hold } from '../rig/held-git.js';
import { Rig } from '../rig/rig.js';

async function prepared() {
  const rig = await Rig.create({
    branch: 'work',
    files: { '.gitattributes': '*.txt filter=hold\n' },
  });
  await rig.tickets([{ id: 'A' }]);
  await rig.config();
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  return rig;
}

/** Locks in the user's part of the repository. */
const locks = (rig: Rig) =>
  readdirSync(rig.gitDir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.lock') && !name.startsWith('sage/'),
  );

const moments: [string, string, Hold, string, RegExp][] = [
  ['publishes', 'fetch', 'refs', 'landing.moving', /^refs\/heads\/sage\/.+\.lock$/],
  ['writes the checkout', 'merge --ff-only', 'files', 'run.delivering', /^index\.lock$/],
  ['moves the target', 'merge --ff-only', 'refs', 'run.delivering', /^refs\/heads\/work\.lock$/],
];

/** A run whose git stands at that place. */
async function heldRun(rig: Rig, words: string, at: Hold, after: string) {
  const git = await holdGit(rig, words, at, after);
  const run = rig.start('stream', '--auto');
  await git.standing();
  return { git, run };
}

describe('a git of ours that is killed in the user’s repository', () => {
  test.each(moments)(
    '002-7.4 while it %s: its locks go and the run ends as if undisturbed',
    async (_what, words, at, after, lock) => {
      await using rig = await prepared();
      const { git, run } = await heldRun(rig, words, at, after);
      expect(locks(rig)).toContainEqual(expect.stringMatching(lock));
      git.kill();
      const { code, stdout } = await run.wait();
      expect([code, stdout]).toEqual([0, expect.stringContaining('1 landed')]);
      await expectDelivered(rig);
    },
  );

  test.each(moments)(
    '002-7.4 together with its run while it %s: resume takes the locks away and delivers',
    async (_what, words, at, after, lock) => {
      await using rig = await prepared();
      const { git, run } = await heldRun(rig, words, at, after);
      run.signal('SIGKILL');
      await run.wait();
      git.kill();
      expect(locks(rig)).toContainEqual(expect.stringMatching(lock));
      expect((await rig.run('resume')).code).toBe(0);
      await expectDelivered(rig);
    },
  );
});

test('002-7.4 together with its run: whoever owns the repository next takes the locks away, as `sage retry` does', async () => {
  await using rig = await prepared();
  const git = await holdGit(rig, 'merge --ff-only', 'refs', 'run.delivering');
  const run = rig.start('stream', '--auto');
  await git.standing();
  run.signal('SIGKILL');
  await run.wait();
  git.kill();
  expect(locks(rig)).toContain('refs/heads/work.lock');
  const { code, stderr } = await rig.run('retry', 'A');
  expect([code, stderr]).toEqual([2, expect.stringContaining('was interrupted')]);
  expect(locks(rig)).toEqual([]);
});

async function expectDelivered(rig: Rig) {
  expect(locks(rig)).toEqual([]);
  expect(rig.read('A.txt')).toBe('done\n');
  expect(await rig.git('status', '--short')).toBe('');
  const branch = await rig.git('for-each-ref', '--format=%(objectname)', 'refs/heads/sage/');
  expect(await rig.git('rev-parse', 'work')).toBe(branch);
  expect(rig.calls()).toHaveLength(1);
}

test('a lock that stood before is nobody’s to take away: it is named with the way out, and the work waits', async () => {
  await using rig = await prepared();
  const lock = join(rig.gitDir, 'index.lock');
  writeFileSync(lock, '');
  const { code, summary } = await rig.stream();
  expect(code).toBe(0);
  expect(summary.delivery).toMatchObject({ how: 'left', command: `sage deliver ${summary.run}` });
  expect(summary.delivery?.why).toMatch(/index\.lock stands there since \S+Z: no git works there/);
  expect(summary.delivery?.why).toContain(`rm '${lock}'`);
  rmSync(lock);
  expect((await rig.shell(summary.delivery!.command!)).code).toBe(0);
  await expectDelivered(rig);
});
