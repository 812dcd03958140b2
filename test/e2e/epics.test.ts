import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mostAtOnce } from '../rig/calls.js';
import { Rig } from '../rig/rig.js';

const EPICS = { isolation: 'epic' };

/** The worktrees of the depot, by name. */
async function lanesOf(rig: Rig): Promise<readonly string[]> {
  const depot = join(rig.gitDir, 'sage/depot.git');
  const text = await rig.git('--git-dir', depot, 'worktree', 'list', '--porcelain');
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith('worktree ') ? [basename(line)] : []))
    .filter((name) => name !== 'depot.git')
    .sort();
}

const epicLanes = async (rig: Rig) =>
  (await lanesOf(rig)).filter((name) => name.startsWith('epic-'));

const landings = (rig: Rig) =>
  rig.journal().flatMap((event) => (event.type === 'landing.moving' ? [event] : []));

describe('isolation: epic', () => {
  test('001-3.2 001-3.3 001-3.5 a worktree for each epic, its tickets one after another on each other’s work; it goes when they landed', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'AUTH-1' }, { id: 'AUTH-2' }, { id: 'AUTH-3' }, { id: 'API-1' }]);
    await rig.config(EPICS);
    const run = rig.start('stream', '--auto', '--parallel=3', '--json');
    const first = await rig.agent.for('AUTH-1');
    const api = await rig.agent.for('API-1');
    expect(await lanesOf(rig)).toEqual(['epic-1-AUTH', 'epic-2-API']);
    // Nobody else works in its worktree: a lock file that an agent makes is its own for as long as it works.
    await first.do({ shell: 'set -C; : > lock' });
    expect(rig.calls().filter(({ ticket }) => ticket.startsWith('AUTH'))).toHaveLength(1);
    await first.do({ delete: ['lock'] });
    await first.succeed({ 'auth.txt': 'one\n' });
    const second = await rig.agent.for('AUTH-2');
    expect(second.cwd).toBe(first.cwd);
    expect(await second.shell('cat auth.txt')).toBe('one\n');
    await second.succeed({ 'auth.txt': 'one\ntwo\n' });
    await api.succeed({ 'api.txt': 'api\n' });
    await rig.event('landing.landed', ({ ticket }) => ticket === 'API-1');
    // The part is not whole: nothing of it has landed.
    expect(landings(rig).map(({ ticket }) => ticket)).toEqual(['API-1']);
    const third = await rig.agent.for('AUTH-3');
    expect(await third.shell('cat auth.txt')).toBe('one\ntwo\n');
    await third.succeed({ 'auth.txt': 'one\ntwo\nthree\n' });
    expect((await run.wait()).code).toBe(0);
    expect(mostAtOnce(rig.calls().filter(({ ticket }) => ticket !== 'API-1'))).toBe(1);
    // Three commits, one move.
    expect(landings(rig)).toHaveLength(2);
    expect(rig.read('auth.txt')).toBe('one\ntwo\nthree\n');
    const log = await rig.git('log', '--reverse', '--format=%s', 'main..HEAD');
    expect(log.match(/#AUTH-\d/g)).toEqual(['#AUTH-1', '#AUTH-2', '#AUTH-3']);
    expect(await epicLanes(rig)).toEqual([]);
    expect(existsSync(first.cwd)).toBe(false);
  });

  test('001-3.4 001-3.8 001-3.9 001-11.4 one of an epic fails: its others go on, are kept and do not land; other epics do; all costs count', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'AUTH-1' }, { id: 'AUTH-2' }, { id: 'AUTH-3' }, { id: 'API-1' }]);
    await rig.config(EPICS);
    const usage = { usage: { costUsd: 0.25 } };
    await rig.script({
      'AUTH-2': [usage, { printError: 'thrown in the middle' }, { exit: 7 }],
      '*': [usage, { write: { '{ticket}.txt': '{ticket}\n' } }],
    });
    const { code, summary } = await rig.stream('--parallel=2');
    expect(code).toBe(1);
    expect(rig.states()).toEqual({
      'AUTH-1': 'DEFERRED',
      'AUTH-2': 'DEFERRED',
      'AUTH-3': 'DEFERRED',
      'API-1': 'COMPLETED',
    });
    expect(summary.costUsd).toBeCloseTo(1);
    const reason = (id: string) => String(rig.index()[id]!.defer_reason);
    expect(reason('AUTH-2')).toMatch(/exit(ed)?.* 7/);
    expect(reason('AUTH-1')).toBe('AUTH lands whole or not at all, and AUTH-2 did not succeed');
    expect(await rig.filesOf('HEAD')).not.toContain('AUTH-1.txt');
    // The last one's work has that of all before it.
    const rescued = await rig.run('rescue', 'AUTH-3', '--branch', 'auth');
    expect(rescued.code).toBe(0);
    expect(await rig.filesOf('auth')).toEqual(expect.arrayContaining(['AUTH-1.txt', 'AUTH-3.txt']));
    await rig.git('branch', '--quiet', '-D', 'auth');
    expect(await epicLanes(rig)).toEqual(['epic-1-AUTH']);
  });

  test('001-3.6 001-3.7 of two epics that change one line one lands, the other is kept with its worktree; a dirty checkout stays as it is', async () => {
    await using rig = await Rig.create({ files: { 'line.txt': 'base\n', 'mine.txt': 'mine\n' } });
    await rig.tickets([{ id: 'AUTH-1' }, { id: 'AUTH-2' }, { id: 'API-1' }]);
    await rig.config(EPICS);
    await rig.write({ 'mine.txt': 'an edit of mine\n', 'new.txt': 'not added\n' });
    const before = rig.snapshot();
    const run = rig.start('stream', '--auto', '--parallel=2', '--json');
    const auth = await rig.agent.for('AUTH-1');
    const api = await rig.agent.for('API-1');
    await api.succeed({ 'line.txt': 'api\n' });
    await rig.event('landing.landed');
    await auth.succeed({ 'line.txt': 'auth\n' });
    const more = await rig.agent.for('AUTH-2');
    await more.succeed({ 'more.txt': 'more\n' });
    expect((await run.wait()).code).toBe(1);
    expect(rig.states()).toEqual({
      'AUTH-1': 'DEFERRED',
      'AUTH-2': 'DEFERRED',
      'API-1': 'COMPLETED',
    });
    expect(String(rig.index()['AUTH-1']!.defer_reason)).toMatch(/conflicts in line\.txt/);
    // An epic is not given to its agents again: whether to keep it is for a person to say.
    expect(rig.calls()).toHaveLength(3);
    expect(await epicLanes(rig)).toEqual(['epic-1-AUTH']);
    expect(existsSync(join(auth.cwd, 'more.txt'))).toBe(true);
    const { files, head } = rig.snapshot();
    expect({ files, head }).toEqual({ files: before.files, head: before.head });
  });

  test('001-3.10 an epic that spans batches: the later one stands on what the earlier landed, changed lines included', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([
      { id: 'EPIC', type: 'epic', children: ['A', 'B', 'C'] },
      { id: 'A', parent: 'EPIC' },
      { id: 'B', parent: 'EPIC' },
      { id: 'C', parent: 'EPIC', dependencies: ['A'] },
    ]);
    await rig.config({ ...EPICS, verify: ['test -f a.txt || test ! -f b.txt'] });
    const run = rig.start('stream', '--auto', '--json');
    const a = await rig.agent.for('A');
    await a.succeed({ 'a.txt': 'one line\n' });
    const b = await rig.agent.for('B');
    // It changes what A just made: merged as one branch would be, this is no conflict.
    await b.succeed({ 'a.txt': 'another line\n', 'b.txt': 'b\n' });
    await rig.event('landing.landed', ({ ticket }) => ticket === 'A');
    const c = await rig.agent.for('C');
    expect(await c.shell('cat a.txt b.txt')).toBe('another line\nb\n');
    await c.succeed({ 'c.txt': 'c\n' });
    expect((await run.wait()).code).toBe(0);
    expect(rig.states()).toEqual({
      EPIC: 'COMPLETED',
      A: 'COMPLETED',
      B: 'COMPLETED',
      C: 'COMPLETED',
    });
    expect(landings(rig)).toHaveLength(2);
    expect(await rig.git('log', '--format=%an', '-1', '--', 'a.txt')).not.toBe('');
    const show = await rig.git(
      'log',
      '--reverse',
      '--format=%s',
      '-p',
      'main..HEAD',
      '--',
      'a.txt',
    );
    expect(show).toMatch(/#A\b[\s\S]*\+one line[\s\S]*#B\b[\s\S]*-one line[\s\S]*\+another line/);
  });

  test('001-12.3 worktrees of epics with slashes, reserved words, emoji and 300 characters are made, and nothing beside them', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const names = ['../../outside', 'con', '🚀 Launch/now', 'é'.repeat(300), '.git'];
    await rig.tickets(names.map((component, at) => ({ id: `T${at}`, component })));
    await rig.config(EPICS);
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }, { exit: 1 }] });
    await rig.stream('--parallel=2');
    const lanes = await epicLanes(rig);
    expect(lanes).toHaveLength(5);
    const [first = ''] = rig.calls().map(({ cwd }) => cwd);
    for (const { cwd } of rig.calls()) expect(dirname(cwd)).toBe(dirname(first));
    for (const name of lanes) expect(name).toMatch(/^epic-\d-[A-Za-z0-9._-]{1,80}$/);
  });

  test('001-3.4 killed between two tickets of an epic and resumed: what was done is not done again, and the epic lands whole', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'AUTH-1' }, { id: 'AUTH-2' }]);
    await rig.config(EPICS);
    const run = rig.start('stream', '--auto', '--json');
    await (await rig.agent.for('AUTH-1')).succeed({ 'a.txt': 'a\n' });
    await rig.agent.for('AUTH-2');
    process.kill(run.pid, 'SIGKILL');
    await run.exited;
    const again = rig.start('resume');
    const second = await rig.agent.for('AUTH-2');
    expect(await second.shell('cat a.txt')).toBe('a\n');
    await second.succeed({ 'b.txt': 'b\n' });
    expect((await again.wait()).code).toBe(0);
    expect(rig.calls().map(({ ticket }) => ticket)).toEqual(['AUTH-1', 'AUTH-2', 'AUTH-2']);
    expect(landings(rig)).toHaveLength(1);
  });
});
