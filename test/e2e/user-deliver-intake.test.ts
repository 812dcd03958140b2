import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { deliverySchema } from '../../lib/model/answer-schemas.js';
import type { Summary } from '../../lib/model/summary.js';
import { holdGit } from '../rig/held-git.js';
import { Rig } from '../rig/rig.js';

const WORKS = { '*': [{ write: { '{ticket}.txt': 'done\n' } }] };

/** A finished run whose work waits, since main is never moved by a run; then the user commits to main. */
async function waiting(verify: string, files: Readonly<Record<string, string>>) {
  const rig = await Rig.create();
  await rig.tickets([{ id: 'A' }]);
  await rig.config({ verify: [verify] });
  await rig.script(WORKS);
  const { summary } = await rig.stream();
  await commit(rig, files);
  return { rig, summary };
}

async function commit(rig: Rig, files: Readonly<Record<string, string>>): Promise<void> {
  await rig.write(files);
  await rig.git('add', ...Object.keys(files));
  await rig.git('commit', '--quiet', '--message', 'mine', '--', ...Object.keys(files));
}

const summaryOf = (rig: Rig, run: string) =>
  JSON.parse(rig.read(join('.git/sage/runs', run, 'summary.json'))) as Summary;

describe('sage deliver of a run whose target moved after it', () => {
  test('D3 D4 takes the target in, checks exactly that, and fast-forwards; the run’s journal tells it all', async () => {
    const { rig: made, summary } = await waiting('test -e README.md', { 'mine.txt': 'mine\n' });
    await using rig = made;
    const mine = await rig.git('rev-parse', 'main');
    const { code, stdout } = await rig.run('deliver');
    expect([code, stdout]).toEqual([0, expect.stringContaining('main was fast-forwarded')]);
    expect(stdout).toMatch(/main moved to \w+; it is merged into sage\//);
    expect(await rig.filesOf('main')).toEqual(['A.txt', 'README.md', 'mine.txt']);
    expect(await rig.git('log', '-1', '--format=%P', 'main')).toBe(`${summary.tip} ${mine}`);
    expect(await rig.git('status', '--short')).toBe('');
    expect(rig.states()).toEqual({ A: 'COMPLETED' });
    const types = rig.journal().map(({ type }) => type);
    expect(types.slice(types.indexOf('run.reopened'))).toEqual(
      expect.arrayContaining(['intake.queued', 'landing.verified', 'landing.landed']),
    );
    expect((await rig.run('verify-run')).code).toBe(0);
    // The run is what it was; only its delivery is another.
    const { tip, delivery, ...rest } = summaryOf(rig, summary.run);
    expect(tip).toBe(await rig.git('rev-parse', 'main'));
    expect(delivery).toMatchObject({ how: 'forwarded' });
    expect(rest).toMatchObject({ landed: summary.landed, wallMs: summary.wallMs, exitCode: 0 });
    expect((await rig.run('deliver')).stdout).toContain('nothing to deliver');
  });

  test('D4 a conflict moves nothing: files and command are named, and when it is solved it is delivered', async () => {
    const { rig: made, summary } = await waiting('true', { 'A.txt': 'mine\n' });
    await using rig = made;
    const before = await rig.git('for-each-ref', 'refs/heads');
    const { code, stdout } = await rig.run('deliver', '--json');
    expect(code).toBe(1);
    const told = deliverySchema.parse(JSON.parse(stdout));
    expect(told).toMatchObject({ how: 'left', run: summary.run });
    expect(told.why).toMatch(/main moved to \w+, which conflicts in A\.txt/);
    expect(told.command).toContain(`git merge ${summary.branch}`);
    expect(await rig.git('for-each-ref', 'refs/heads')).toBe(before);
    expect(rig.read('A.txt')).toBe('mine\n');

    await commit(rig, { 'A.txt': 'done\n' });
    expect((await rig.run('deliver', summary.run)).code).toBe(0);
    expect(await rig.filesOf('main')).toEqual(['A.txt', 'README.md']);
    expect((await rig.run('verify-run')).code).toBe(0);
  });

  test('D4 red together: nothing is moved, the reason is told, the run’s branch stays as it was checked', async () => {
    const check = 'test ! -e A.txt || test ! -e mine.txt';
    const { rig: made, summary } = await waiting(check, { 'mine.txt': 'mine\n' });
    await using rig = made;
    const before = await rig.git('for-each-ref', 'refs/heads');
    const { code, stdout } = await rig.run('deliver');
    expect([code, stdout]).toEqual([1, expect.stringContaining('failed twice')]);
    expect(stdout).toContain(`git merge ${summary.branch}`);
    expect(await rig.git('for-each-ref', 'refs/heads')).toBe(before);
    expect((await rig.run('verify-run')).code).toBe(0);
  });

  test('tickets that were left open stay open: a delivery works on none', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.config();
    await rig.script(WORKS);
    await rig.write({ 'A.txt': 'in the way\n' });
    const { summary } = await rig.stream('--limit', '1');
    expect(summary.delivery).toMatchObject({ how: 'left' });
    await rig.shell('mv A.txt mine.txt');
    await commit(rig, { 'other.txt': 'x\n' });
    expect((await rig.run('deliver')).code).toBe(0);
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['A']);
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'UNPROCESSED' });
    expect(summaryOf(rig, summary.run).pending).toEqual(summary.pending);
  });
});

describe('sage deliver that is killed in the middle', () => {
  test.each([
    ['merges', 'merge-tree', 'intake.queued', 'resume'],
    ['publishes the merge', 'fetch', 'intake.queued', 'deliver'],
    ['fast-forwards', 'merge --ff-only', 'run.reopened', 'stream --auto'],
  ])('002-7.4 while it %s: it is finished by the next start', async (_what, words, after, next) => {
    const { rig: made, summary } = await waiting('true', { 'mine.txt': 'mine\n' });
    await using rig = made;
    const git = await holdGit(rig, words, 'start', after);
    const deliver = rig.start('deliver');
    await git.standing();
    deliver.signal('SIGKILL');
    await deliver.wait();
    git.kill();
    expect(existsSync(join(rig.gitDir, 'sage/runs', summary.run, 'summary.json'))).toBe(false);
    const { code, stderr } = await rig.run(...next.split(' '));
    expect([code, stderr]).toEqual([0, '']);
    expect(await rig.filesOf('main')).toEqual(['A.txt', 'README.md', 'mine.txt']);
    expect(await rig.git('status', '--short')).toBe('');
    expect(rig.calls()).toHaveLength(1);
    expect((await rig.run('verify-run')).code).toBe(0);
    expect(summaryOf(rig, summary.run)).toMatchObject({ delivery: { how: 'forwarded' } });
  });

  test('002-7.4 an older run than the newest is gone on with, too', async () => {
    await using rig = await Rig.create({ sage: 'ignored' });
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.config();
    await rig.script(WORKS);
    const first = await rig.stream('--only', 'A');
    await rig.stream('--only', 'B');
    const git = await holdGit(rig, 'merge --ff-only', 'start', 'run.reopened');
    const deliver = rig.start('deliver', first.summary.run);
    await git.standing();
    deliver.signal('SIGKILL');
    await deliver.wait();
    git.kill();
    expect((await rig.run('resume')).code).toBe(0);
    expect(rig.read('A.txt')).toBe('done\n');
    // The other one meets a target that moved, and takes it in.
    expect((await rig.run('deliver')).code).toBe(0);
    expect(await rig.filesOf('main')).toEqual(['A.txt', 'B.txt', 'README.md']);
  });
});
