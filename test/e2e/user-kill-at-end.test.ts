import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../../lib/model/summary.js';
import { holdGit } from '../rig/held-git.js';
import { Rig } from '../rig/rig.js';

const done = { '*': [{ write: { '{ticket}.txt': 'done\n' } }] };

async function prepared(branch: string) {
  const rig = await Rig.create({ branch });
  await rig.tickets([{ id: 'A' }]);
  await rig.config({ verify: ['true'] });
  await rig.script(done);
  return rig;
}

/** What must not lie below .git/sage when nobody runs. */
const leftIn = (rig: Rig) =>
  readdirSync(join(rig.gitDir, 'sage'), { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      /(^|\/)(owner|landing)\.|\.lock$|\.json\.\d+$|refs\/sage\/candidate\/.+\/\d+$/.test(name) &&
      !name.includes('/objects/'),
  );

const runOf = (rig: Rig) =>
  rig.journal().flatMap((event) => (event.type === 'run.planned' ? [event.run] : []))[0]!;

describe('a run that is killed after its last record', () => {
  test.each(['resume', 'stream --auto'])(
    '002-7.4 `sage %s` clears away what it left, and writes its summary',
    async (words) => {
      await using rig = await prepared('work');
      const git = await holdGit(rig, 'refs/sage/candidate/', 'start', 'run.finished');
      const run = rig.start('stream', '--auto');
      await git.standing();
      run.signal('SIGKILL');
      await run.wait();
      git.kill();
      const sage = join(rig.gitDir, 'sage');
      const own = join(sage, 'runs', runOf(rig));
      expect(rig.journal().at(-1)?.type).toBe('run.finished');
      expect(existsSync(join(own, 'summary.json'))).toBe(false);
      expect(leftIn(rig)).toEqual(expect.arrayContaining(['owner.json', 'owner.lock']));
      for (const draft of ['owner.json.4711', 'summary.json.4711', 'verdicts/x.json.4711'])
        writeFileSync(join(draft.startsWith('summary') ? own : sage, draft), '{');
      writeFileSync(join(sage, 'vault.git/packed-refs.lock'), '');

      const { code } = await rig.run(...words.split(' '));
      expect(code).toBe(0);
      expect(leftIn(rig)).toEqual([]);
      const summary = JSON.parse(readFileSync(join(own, 'summary.json'), 'utf8')) as Summary;
      expect(summary).toMatchObject({ landed: [{ id: 'A' }], delivery: { how: 'forwarded' } });
      expect(rig.calls()).toHaveLength(1);
    },
  );

  test('002-7.4 a cancelled one is published, too, so that what landed is not taken for delivered', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
    await rig.config();
    const run = rig.start('stream', '--auto');
    await (await rig.agent.for('A')).succeed({ 'A.txt': 'a\n' });
    await rig.agent.for('B');
    const git = await holdGit(rig, 'refs/sage/candidate/', 'start', 'run.finished');
    const cancel = rig.start('cancel');
    await git.standing();
    run.signal('SIGKILL');
    await run.wait();
    await cancel.wait();
    git.kill();
    // As if the process had not come to it.
    const name = `sage/${runOf(rig)}`;
    await rig.git('branch', '-D', name);

    expect((await rig.run('resume')).code).toBe(0);
    expect(await rig.git('show', `${name}:A.txt`)).toBe('a');
    const next = await rig.run('deliver');
    expect([next.code, rig.read('A.txt')]).toEqual([0, 'a\n']);
  });
});

test('a start that is killed before its first record leaves nothing of a run', async () => {
  await using rig = await prepared('work');
  const git = await holdGit(rig, 'refs/sage/base/', 'start');
  const run = rig.start('stream', '--auto');
  await git.standing();
  run.signal('SIGKILL');
  await run.wait();
  git.kill();
  const runs = join(rig.gitDir, 'sage/runs');
  expect(readdirSync(runs)).toHaveLength(1);
  const { code, stderr } = await rig.run('resume');
  expect([code, stderr]).toEqual([0, expect.stringContaining('No run was interrupted')]);
  expect(readdirSync(runs)).toEqual([]);
  expect(leftIn(rig)).toEqual([]);
});

describe('a run that is killed while it delivers', () => {
  test.each([
    ['its branch was published', 'fetch', 'run.delivering'],
    ['the target was brought forward', 'merge --ff-only', 'run.delivering'],
  ])(
    '002-7.4 after %s, and before that is on record: resume finishes it',
    async (_, words, after) => {
      await using rig = await prepared('work');
      const git = await holdGit(rig, words, 'end', after);
      const run = rig.start('stream', '--auto');
      await git.standing();
      run.signal('SIGKILL');
      await run.wait();
      git.kill();
      expect(rig.journal().at(-1)?.type).toBe('run.delivering');

      expect((await rig.run('resume')).code).toBe(0);
      expect(await rig.git('status', '--short')).toBe('');
      expect(rig.read('A.txt')).toBe('done\n');
      expect(rig.calls()).toHaveLength(1);
      expect(leftIn(rig)).toEqual([]);
    },
  );
});
