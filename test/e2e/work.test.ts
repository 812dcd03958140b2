import { describe, expect, test } from '@jest/globals';
import type { AgentAction } from '../rig/agent-actions.js';
import { Rig } from '../rig/rig.js';

/** Runs one ticket by script in a fresh rig; afterwards the checkout's branch holds what landed. */
async function landed(
  rig: Rig,
  actions: readonly AgentAction[],
  keys: Record<string, unknown> = {},
) {
  await rig.tickets([{ id: 'T-1', title: 'Say hello', component: 'api', type: 'feature' }]);
  await rig.config(keys);
  await rig.script({ '*': actions });
  return rig.stream();
}

describe('what an agent leaves is what lands', () => {
  test('002-4.5 deletions, renames, modes, odd names, binary files and symbolic links', async () => {
    await using rig = await Rig.create({
      branch: 'work',
      files: { 'gone.txt': 'x\n', 'old name.txt': 'same content\n', 'run.sh': '#!/bin/sh\n' },
    });
    const { summary } = await landed(rig, [
      { delete: ['gone.txt'] },
      { rename: ['old name.txt', 'dir/new name.txt'] },
      { mode: { 'run.sh': 0o755 } },
      {
        write: {
          'new\nline.txt': 'a\n',
          ' lead.txt': 'b\n',
          'größe 検査.txt': 'c\n',
          '-dash': 'd\n',
        },
      },
      { writeBase64: { 'image.bin': 'AAEC/w==' } },
      { symlink: { link: 'dir/new name.txt', dangling: 'nowhere' } },
    ]);
    expect(summary.landed).toHaveLength(1);
    const tree = await rig.git('ls-tree', '-r', '-z', 'HEAD');
    const entries = tree
      .split('\0')
      .filter((line) => line !== '' && !/\t\.(sage\/|gitignore)/.test(line));
    expect(entries.map((line) => line.replace(/^(\d+) \w+ \w+\t/, '$1 ')).sort()).toEqual(
      [
        '100644  lead.txt',
        '100644 -dash',
        '100644 README.md',
        '100644 dir/new name.txt',
        '100644 größe 検査.txt',
        '100644 image.bin',
        '100644 new\nline.txt',
        '100755 run.sh',
        '120000 dangling',
        '120000 link',
      ].sort(),
    );
    expect(await rig.git('status', '--short')).toBe('');
    expect(await rig.git('cat-file', 'blob', 'HEAD:dir/new name.txt')).toBe('same content');
  });

  test('002-4.6 the commit carries the ticket in subject and trailers, and no word about an agent', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const { summary } = await landed(rig, [
      { write: { 'a.txt': 'a\n' } },
      { commit: 'wip\n\nCo-Authored-By: Some Agent <a@example.com>' },
    ]);
    const commit = summary.landed[0]!.commit;
    const message = await rig.git('log', '-1', '--format=%B', commit);
    expect(message.split('\n')[0]).toMatch(/^feat\(t\): #T-1 say hello$/);
    expect(message).toMatch(/^Closes: #T-1$/m);
    expect(message).toMatch(new RegExp(`^Land-Id: ${summary.run}/T-1$`, 'm'));
    expect(message).not.toMatch(/co-authored|agent/i);
    expect(await rig.git('log', '-1', '--format=%an <%ae>|%cn <%ce>', commit)).toBe(
      'Rig User <rig@example.org>|Rig User <rig@example.org>',
    );
  });

  test('002-4.8 edits of tickets never land and never reach the index', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const { summary } = await landed(rig, [
      { write: { 'a.txt': 'a\n' } },
      { shell: "sed -i 's/UNPROCESSED/COMPLETED/' .sage/tickets/index.json" },
      { write: { '.sage/tickets/T-9.md': 'mine\n' } },
      { commit: 'all of it' },
    ]);
    const changed = await rig.git('diff', '--name-only', summary.base, summary.landed[0]!.commit);
    expect(changed).toBe('a.txt');
    expect(Object.keys(rig.index())).toEqual(['T-1']);
    expect(rig.index()['T-1']!.state_history!.map(({ state }) => state)).toEqual([
      'UNPROCESSED',
      'IN_PROGRESS',
      'COMPLETED',
    ]);
    await expect(rig.git('show', 'HEAD:.sage/tickets/T-9.md')).rejects.toThrow('T-9.md');
  });

  test.each<[string, readonly AgentAction[]]>([
    ['uncommitted', [{ write: { 'a.txt': 'a\n' } }]],
    [
      'half committed',
      [{ write: { 'b.txt': 'b\n' } }, { commit: 'half' }, { write: { 'a.txt': 'a\n' } }],
    ],
    [
      'on another branch',
      [{ git: ['switch', '-q', '-c', 'mine'] }, { write: { 'a.txt': 'a\n' } }, { commit: 'x' }],
    ],
    [
      'as a merge',
      [
        { git: ['switch', '-q', '-c', 'side'] },
        { write: { 'a.txt': 'a\n' } },
        { commit: 'side' },
        { git: ['switch', '-q', '--detach', 'HEAD~1'] },
        { write: { 'b.txt': 'b\n' } },
        { commit: 'main line' },
        { git: ['merge', '-q', '--no-edit', 'side'] },
      ],
    ],
    [
      'with rewritten history',
      [
        { write: { 'a.txt': 'a\n' } },
        { git: ['add', '-A'] },
        { git: ['commit', '-q', '--amend', '-m', 'everything in one'] },
      ],
    ],
    [
      'on an orphan branch',
      [
        {
          shell:
            'old=$(git rev-parse HEAD); git switch -q --orphan fresh; git checkout -q $old -- .',
        },
        { write: { 'a.txt': 'a\n' } },
        { commit: 'fresh start' },
      ],
    ],
    [
      'staged in the middle of a merge',
      [
        { git: ['switch', '-q', '-c', 'side'] },
        { write: { 'a.txt': 'a\n' } },
        { commit: 'side' },
        { git: ['switch', '-q', '--detach', 'HEAD~1'] },
        { git: ['merge', '-q', '--no-commit', '--no-ff', 'side'] },
      ],
    ],
  ])('work left %s is harvested rightly', async (_how, actions) => {
    await using rig = await Rig.create({ branch: 'work' });
    const { summary } = await landed(rig, actions);
    expect(summary.deferred).toEqual([]);
    expect(rig.read('a.txt')).toBe('a\n');
    expect(rig.read('README.md')).toContain('A project under test');
    const commit = summary.landed[0]!.commit;
    expect(await rig.git('log', '-1', '--format=%P', commit)).toBe(summary.base);
    expect(await rig.git('branch', '--format=%(refname:short)')).toBe(
      `main\n${summary.branch}\nwork`,
    );
  });

  test('what an agent commits on the run’s own branch is checked like all work, and is not delivered unchecked', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
    await rig.config({ verify: ['test ! -e BAD.txt'] });
    await rig.script({
      A: [{ write: { 'A.txt': 'a\n' } }],
      B: [
        { shell: 'git checkout -q sage/$SAGE_RUN' },
        { write: { 'BAD.txt': 'bad\n' } },
        { commit: 'mine' },
      ],
    });
    const { code, summary } = await rig.stream();
    expect(code).toBe(1);
    expect(summary.deferred).toMatchObject([{ id: 'B', code: 'checks/red' }]);
    expect(summary.notes).toEqual([]);
    expect(await rig.filesOf(summary.branch)).toEqual(['A.txt', 'README.md']);
    expect((await rig.run('deliver')).code).toBe(0);
    expect(await rig.filesOf('main')).toEqual(['A.txt', 'README.md']);
  });

  test('land.commits: keep lands the agent’s own commits one by one', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    const { summary } = await landed(
      rig,
      [
        { write: { 'a.txt': 'a\n' } },
        { commit: 'first step' },
        { write: { 'b.txt': 'b\n' } },
        { commit: 'second step' },
      ],
      { land: { commits: 'keep' } },
    );
    const subjects = await rig.git('log', '--reverse', '--format=%s', `${summary.base}..HEAD`);
    expect(subjects.split('\n').slice(0, 2)).toEqual(['first step', 'second step']);
    const bodies = await rig.git('log', '--format=%B', `${summary.base}..HEAD`);
    expect(bodies).toContain(`Land-Id: ${summary.run}/T-1`);
  });

  test.each<[string, readonly AgentAction[], string]>([
    ['nothing', [{ print: 'All done!' }], 'agent/no-work'],
    [
      'an empty commit',
      [{ git: ['commit', '-q', '--allow-empty', '-m', 'done'] }],
      'agent/no-work',
    ],
    [
      'work and its undoing',
      [{ write: { 'a.txt': 'a\n' } }, { commit: 'a' }, { git: ['revert', '--no-edit', 'HEAD'] }],
      'agent/no-work',
    ],
    ['only ticket edits', [{ append: { '.sage/tickets/index.json': ' ' } }], 'agent/no-work'],
    ['work and a failing exit', [{ write: { 'a.txt': 'a\n' } }, { exit: 3 }], 'agent/crashed'],
    ['work and a death', [{ write: { 'a.txt': 'a\n' } }, { die: 'SIGKILL' }], 'agent/crashed'],
    [
      'a rebase half done',
      [
        { write: { 'a.txt': 'a\n' } },
        { commit: 'a' },
        { shell: 'git rebase -q --exec false HEAD~1 || true' },
      ],
      'agent/unusable-work',
    ],
    ['work with a red check', [{ write: { 'bad.txt': 'a\n' } }], 'checks/red'],
  ])('an agent that left %s does not land, whatever it said', async (_what, actions, code) => {
    await using rig = await Rig.create({ branch: 'work' });
    const head = await rig.git('rev-parse', 'HEAD');
    const end = await landed(rig, actions, { verify: ['test ! -e bad.txt'] });
    expect(end.code).toBe(1);
    expect(end.summary.deferred).toMatchObject([{ id: 'T-1', code }]);
    expect(rig.states()).toEqual({ 'T-1': 'DEFERRED' });
    expect(rig.index()['T-1']!.defer_reason).toEqual(expect.stringMatching(/\w+/));
    const code2 = await rig.git('diff', '--name-only', head, 'HEAD', '--', ':!.sage');
    expect(code2).toBe('');
    const kept = end.summary.deferred[0]!.next.startsWith('sage rescue');
    expect(kept).toBe(code !== 'agent/no-work');
  });

  test('001-3.11 002-7.1 an agent killed with dirty files loses nothing: its work is restored on a branch', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'T-1' }]);
    await rig.config();
    const run = rig.start('stream', '--auto', '--json');
    const call = await rig.agent.next();
    await call.write({ 'committed.txt': '1\n' });
    await call.commit('half');
    await call.write({ 'staged.txt': '2\n', 'dirty.txt': '3\n' });
    await call.git('add', 'staged.txt');
    await call.die('SIGKILL');
    expect((await run.wait()).code).toBe(1);
    const list = await rig.run('rescue', '--list');
    expect(list.stdout).toContain('T-1');
    expect((await rig.run('rescue', 'T-1', '--branch', 'back')).code).toBe(0);
    expect(await rig.filesOf('back')).toEqual(
      expect.arrayContaining(['committed.txt', 'staged.txt', 'dirty.txt']),
    );
  });

  test('a check that fails once and passes when tried again lets the ticket land, and is told', async () => {
    await using rig = await Rig.create();
    const mark = `${rig.places.home}/tried`;
    const flaky = `test ! -e a.txt || test -e ${mark} || { touch ${mark}; exit 1; }`;
    const { summary } = await landed(rig, [{ write: { 'a.txt': 'a\n' } }], { verify: [flaky] });
    expect(summary.landed).toMatchObject([{ id: 'T-1', isFlaky: true }]);
  });

  test('002-16.3 an agent stopped by a rate limit is called once and deferred once', async () => {
    await using rig = await Rig.create();
    const { summary } = await landed(rig, [
      { print: '{"sage":"rate-limited","message":"429: 50 requests a minute"}' },
      { exit: 1 },
    ]);
    expect(summary.deferred).toMatchObject([
      {
        code: 'agent/rate-limited',
        reason: 'scripted hit a rate or usage limit: 429: 50 requests a minute',
      },
    ]);
    expect(rig.calls()).toHaveLength(1);
    expect(rig.index()['T-1']!.state_history!.map(({ state }) => state)).toEqual([
      'UNPROCESSED',
      'IN_PROGRESS',
      'DEFERRED',
    ]);
  });
});
