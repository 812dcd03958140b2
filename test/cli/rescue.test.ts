import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openDepot } from '../../lib/git/depot.js';
import { createGit } from '../../lib/git/git.js';
import { openRepository } from '../../lib/git/repository.js';
import { keepRefs } from '../../lib/git/vault.js';
import { keptListSchema, rescueSchema } from '../../lib/model/answer-schemas.js';
import { oid, safeName } from '../../lib/model/ids.js';
import { Rig } from '../rig/rig.js';

/** Keeps a commit with `files` in the depot as the work of an attempt, as a harvest does. */
async function keep(
  rig: Rig,
  run: string,
  ticket: string,
  attempt: number,
  files: readonly string[],
): Promise<string> {
  const git = createGit(rig.env);
  const repository = await openRepository(git, rig.checkout);
  if (!repository.ok) throw new Error(repository.failure.message);
  const depot = await openDepot(repository.value);
  if (!depot.ok) throw new Error(depot.failure.message);
  const cwd = depot.value.path;
  const call = async (args: readonly string[], input = '') => {
    const answer = await git(args, { cwd, input });
    if (!answer.ok) throw new Error(answer.failure.message);
    return answer.value.stdout;
  };
  const head = await rig.git('rev-parse', 'HEAD');
  const blob = await call(['hash-object', '-w', '--stdin'], `${ticket} ${attempt}`);
  const base = await call(['ls-tree', '-z', head]);
  const added = files.map((path) => `100644 blob ${blob}\t${path}\0`).join('');
  const tree = await call(['mktree', '-z'], base + added);
  const work = await call(['commit-tree', '-p', head, '-m', 'work', tree]);
  const name = `refs/sage/kept/${run}/${safeName(ticket)}/${attempt}`;
  const kept = await keepRefs(depot.value, [{ name, oid: oid(work) }]);
  if (!kept.ok) throw new Error(kept.failure.message);
  await call(['update-ref', `refs/heads/sage/${run}`, head]);
  return work;
}

const RUN = '20260101-000000-abcd';
const LATER = '20260102-000000-abcd';

describe('sage rescue', () => {
  test('puts the newest kept work on a branch and leaves the checkout as it is', async () => {
    await using rig = await Rig.create();
    await keep(rig, RUN, 'T-1', 3, ['early.txt']);
    await keep(rig, LATER, 'T-1', 1, ['late 1.txt']);
    const newest = await keep(rig, LATER, 'T-1', 2, ['late 2.txt', 'other.txt']);
    const before = rig.snapshot();
    const { stdout, stderr, code } = await rig.run('rescue', 'T-1');
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toBe(
      `rescue/T-1 holds the work of T-1 (run ${LATER}, attempt 2)\n  late 2.txt\n  other.txt\n→ git switch rescue/T-1\n`,
    );
    expect(await rig.git('rev-parse', 'rescue/T-1')).toBe(newest);
    expect(await rig.git('show', 'rescue/T-1:late 2.txt')).toBe('T-1 2');
    await rig.git('branch', '--quiet', '-D', 'rescue/T-1');
    expect(rig.snapshot()).toEqual(before);
  });

  test('asked again it says the same; as JSON it follows its schema', async () => {
    await using rig = await Rig.create();
    const work = await keep(rig, RUN, 'Odd id/ü', 1, ['a.txt']);
    const first = await rig.run('rescue', 'Odd id/ü');
    expect(first.code).toBe(0);
    const again = await rig.run('rescue', 'Odd id/ü', '--json');
    expect(rescueSchema.parse(JSON.parse(again.stdout))).toEqual({
      version: 1,
      ticket: 'Odd id/ü',
      run: RUN,
      attempt: 1,
      branch: `rescue/${safeName('Odd id/ü')}`,
      commit: work,
      files: ['a.txt'],
    });
  });

  test("a branch of one's own by that name is left alone", async () => {
    await using rig = await Rig.create();
    await keep(rig, RUN, 'T-1', 1, ['a.txt']);
    await rig.git('branch', 'rescue/T-1');
    const before = await rig.git('rev-parse', 'rescue/T-1');
    const refused = await rig.run('rescue', 'T-1');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('git/branch-exists');
    expect(await rig.git('rev-parse', 'rescue/T-1')).toBe(before);
    expect((await rig.run('rescue', 'T-1', '--branch', 'mine')).code).toBe(0);
    expect(await rig.git('show', 'mine:a.txt')).toBe('T-1 1');
  });

  test.each(['-x', 'a..b', 'with blank', '@{-1}', ''])(
    '%p is no name for a branch',
    async (name) => {
      await using rig = await Rig.create();
      const { code, stderr } = await rig.run('rescue', 'T-1', `--branch=${name}`);
      expect([code, stderr.includes('usage/invalid')]).toEqual([2, true]);
    },
  );

  test('a ticket of which nothing is kept is told with those of which there is', async () => {
    await using rig = await Rig.create();
    await keep(rig, RUN, 'CORE-12', 1, ['a.txt']);
    const mistyped = await rig.run('rescue', 'CORE-21');
    expect(mistyped.code).toBe(2);
    expect(mistyped.stderr).toContain('Did you mean CORE-12?');
    const other = await rig.run('rescue', 'X');
    expect(other.stderr).toContain('There is work of: CORE-12.');
  });

  test('--list --json names the newest kept work of each ticket that did not land since, with why', async () => {
    await using rig = await Rig.create();
    expect(
      keptListSchema.parse(JSON.parse((await rig.run('rescue', '--list', '--json')).stdout)),
    ).toEqual({ version: 1, kept: [], others: [] });
    await rig.tickets([{ id: 'LANDS-1' }, { id: 'FAILS/2' }]);
    await rig.config();
    await rig.script({
      'LANDS-1': [{ write: { 'a.txt': 'a' } }],
      'FAILS/2': [{ write: { 'half.txt': 'half' } }, { exit: 3 }],
    });
    const { summary } = await rig.stream();
    const old = await keep(rig, RUN, 'OLD-1', 1, ['a.txt']);
    await keep(rig, RUN, 'LANDS-1', 1, ['b.txt']);
    const { stdout, code } = await rig.run('rescue', '--list', '--json');
    const { kept } = keptListSchema.parse(JSON.parse(stdout));
    expect(code).toBe(0);
    expect(kept).toEqual([
      expect.objectContaining({
        ticket: 'FAILS/2',
        run: summary.run,
        why: summary.deferred[0]?.reason,
      }),
      { ticket: 'OLD-1', run: RUN, attempt: 1, commit: old, attempts: [1] },
    ]);
  });

  test('--attempt takes another attempt than the newest, in the newest run that has it', async () => {
    await using rig = await Rig.create();
    await keep(rig, RUN, 'T-1', 2, ['older run.txt']);
    const first = await keep(rig, LATER, 'T-1', 1, ['first.txt']);
    await keep(rig, LATER, 'T-1', 2, ['second.txt']);
    const { stdout, code } = await rig.run('rescue', 'T-1', '--attempt', '1');
    expect([code, stdout]).toEqual([0, expect.stringContaining('first.txt')]);
    expect(await rig.git('rev-parse', 'rescue/T-1')).toBe(first);
    const second = await rig.run('rescue', 'T-1', '--attempt=2', '--branch=two');
    expect(second.stdout).toContain('second.txt');
    const none = await rig.run('rescue', 'T-1', '--attempt=7');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--attempt 1, 2')]);
    expect((await rig.run('rescue', 'T-1', '--attempt=x')).code).toBe(2);
    const list = await rig.run('rescue', '--list');
    expect(list.stdout).toContain(`T-1  run ${LATER}, attempt 2 (kept: 1, 2)`);
  });

  test('--list names what agents left beside their work, and each command restores it', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A' }]);
    const run = rig.start('stream', '--auto');
    const call = await rig.agent.for('A');
    await call.shell(
      'echo left > left; git add left; git commit -q -m left; git reset -q --hard HEAD~1; mkdir sub; cd sub; git init -q; echo n > n; git add n; git commit -q -m nested',
    );
    await call.write({ 'a.txt': 'a\n' });
    await call.exit(0);
    expect((await run.wait()).code).toBe(0);
    const { stdout } = await rig.run('rescue', '--list', '--json');
    const { kept, others } = keptListSchema.parse(JSON.parse(stdout));
    expect(kept).toEqual([]);
    expect(others.map(({ what }) => what).sort()).toEqual([
      'a commit that an attempt made and left',
      'a repository made in a lane',
    ]);
    for (const { command } of others) expect((await rig.shell(command)).code).toBe(0);
    const branches = await rig.git('branch', '--list', 'rescue/*', '--format=%(refname)');
    expect(await rig.git('show', `${branches}:left`)).toBe('left');
  });

  test('where sage never ran, asking leaves nothing behind', async () => {
    await using rig = await Rig.create();
    const { code, stderr } = await rig.run('rescue', 'T-1');
    expect(code).toBe(2);
    expect(stderr).toContain('sage never ran in this repository');
    expect(await readdir(rig.gitDir)).not.toContain('sage');
    expect(await readdir(join(rig.gitDir, 'refs/heads'))).toEqual(['main']);
  });
});
