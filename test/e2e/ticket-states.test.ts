import { describe, expect, test } from '@jest/globals';
import { Rig } from '../rig/rig.js';
import { readStreamEnd } from '../rig/stream-end.js';

const work = { '*': [{ write: { '{ticket}.txt': '{ticket}\n' } }] };

/** Lines that differ between two texts of equal structure, by their key. */
function changedKeys(before: string, after: string): string[] {
  const old = new Set(before.split('\n').map((line) => line.replace(/,$/, '')));
  return after
    .split('\n')
    .map((line) => line.replace(/,$/, ''))
    .filter((line) => !old.has(line))
    .map((line) => /^\s*"(\w+)":/.exec(line)?.[1] ?? line.trim())
    .filter((key) => !/^[\]}{[]*$/.test(key));
}

const odd = [
  {
    id: 'LLM-CLIENT-002',
    state: 'COMPLETED',
    type: 'Story',
    effort: '5 story points (1 day)',
    big: 1e21,
    state_history: [{ from: 'UNPROCESSED', to: 'COMPLETED', timestamp: '', reason: 'Übergabe' }],
  },
  { id: 'CLI-R001', note: 'tab\tquote"slash/é', parent: null, children: [] },
  { id: 'ORCH-014-DUP1', dependencies: null, updated: '$(date -u +%Y)', x: { deep: [1.5, -0] } },
  {
    id: 'ORCH-014',
    state: 'DEFERRED',
    deferReason: { category: 'external_blocker', message: 'm' },
  },
];

describe('the ticket index during and after a run', () => {
  test.each(['jq', 'python'] as const)(
    '002-8.2 a state change touches the lines of its ticket only, in an index in the style of %s',
    async (style) => {
      await using rig = await Rig.create();
      await rig.tickets(odd, style);
      await rig.config();
      await rig.script(work);
      const before = rig.read('.sage/tickets/index.json');
      const { summary } = await rig.stream('--only', 'CLI-R001');
      expect(summary.landed.map(({ id }) => id)).toEqual(['CLI-R001']);
      const after = rig.read('.sage/tickets/index.json');
      const allowed = ['state', 'updated', 'timestamp', 'git', 'commits', 'branch', 'last_commit'];
      const more = changedKeys(before, after).filter(
        (key) => !allowed.includes(key) && !/^"?[0-9a-f]{40}"?$/.test(key),
      );
      expect(more.filter((key) => !['sha', 'message', 'state_history'].includes(key))).toEqual([]);
      expect(after.endsWith('\n')).toBe(style === 'jq');
      expect(after).toContain(style === 'jq' ? 'Übergabe' : '\\u00dcbergabe');
      const others = (text: string) =>
        (JSON.parse(text) as { tickets: { id: string }[] }).tickets.filter(
          ({ id }) => id !== 'CLI-R001',
        );
      expect(others(after)).toEqual(others(before));
    },
  );

  test('D1 IN_PROGRESS while an agent works, and edits of others meanwhile survive', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'T-1' }, { id: 'T-2', state: 'DEFERRED' }]);
    await rig.config();
    const run = rig.start('stream', '--auto', '--json');
    const call = await rig.agent.next();
    await rig.event('tickets.projected');
    expect(rig.states()).toMatchObject({ 'T-1': 'IN_PROGRESS' });
    const text = rig.read('.sage/tickets/index.json');
    const edited = text
      .replace('"Build T-2"', '"Renamed by a human"')
      .replace(
        /\n {2}\]\n}\n$/,
        ',\n    {\n      "id": "T-3",\n      "state": "UNPROCESSED"\n    }\n  ]\n}\n',
      );
    expect(edited).not.toBe(text);
    await rig.write({ '.sage/tickets/index.json': edited });
    await call.succeed({ 'a.txt': 'a\n' });
    await run.wait();
    expect(rig.index()).toMatchObject({
      'T-1': { state: 'COMPLETED' },
      'T-2': { state: 'DEFERRED', title: 'Renamed by a human' },
      'T-3': { state: 'UNPROCESSED' },
    });
    expect(rig.calls()).toHaveLength(1);
  });

  test('001-12.1 001-13.2 fifty tickets, eight at once: every change of state is in the index, and what else it holds', async () => {
    await using rig = await Rig.create();
    const ids = Array.from({ length: 50 }, (_, at) => `T-${at + 1}`);
    await rig.tickets([...ids.map((id) => ({ id })), { id: 'NOTED', state: 'DEFERRED' }]);
    await rig.config();
    await rig.script(work);
    const { summary } = await rig.stream('--parallel=8');
    expect(summary.landed).toHaveLength(50);
    for (const id of ids) {
      const { state, state_history: history } = rig.index()[id]!;
      expect({ id, state, history: history!.map((entry) => entry.state) }).toEqual({
        id,
        state: 'COMPLETED',
        history: ['UNPROCESSED', 'IN_PROGRESS', 'COMPLETED'],
      });
    }
    expect(rig.index()['NOTED']).toMatchObject({ state: 'DEFERRED', title: 'Build NOTED' });
  });

  test('D1 states that could not be written to a broken index are written when it is mended, and the end is 0', async () => {
    await using rig = await Rig.create({ sage: 'ignored' });
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.config();
    const run = rig.start('stream', '--auto');
    const a = await rig.agent.for('A');
    await rig.event('tickets.projected');
    const sound = rig.read('.sage/tickets/index.json');
    await rig.write({ '.sage/tickets/index.json': '{ "tickets": [' });
    await a.succeed({ 'A.txt': 'a\n' });
    await rig.event('tickets.projected', ({ failure }) => failure?.code === 'index/write-failed');
    const b = await rig.agent.for('B');
    await rig.write({ '.sage/tickets/index.json': sound });
    await b.succeed({ 'B.txt': 'b\n' });
    const { code, stdout } = await run.wait();
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/note .*written later/)]);
  });

  test('D1 an index that stays broken is told, and the end is 1', async () => {
    await using rig = await Rig.create({ sage: 'ignored' });
    await rig.tickets([{ id: 'A' }]);
    await rig.config();
    const run = rig.start('stream', '--auto');
    const a = await rig.agent.for('A');
    await rig.event('tickets.projected');
    await rig.write({ '.sage/tickets/index.json': '{ "tickets": [' });
    await a.succeed({ 'A.txt': 'a\n' });
    const { code, stdout } = await run.wait();
    expect([code, stdout]).toEqual([1, expect.stringMatching(/could not be written/)]);
  });

  test('D1 D3 a ticket that was added to the tracked index during the run outlives the delivery', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'A' }]);
    await rig.config();
    const run = rig.start('stream', '--auto', '--json');
    const a = await rig.agent.for('A');
    await rig.event('tickets.projected');
    const text = rig.read('.sage/tickets/index.json');
    const added = ',\n    {\n      "id": "MINE",\n      "state": "UNPROCESSED"\n    }\n  ]\n}\n';
    await rig.write({ '.sage/tickets/index.json': text.replace(/\n {2}\]\n}\n$/, added) });
    await a.succeed({ 'A.txt': 'a\n' });
    const { summary } = readStreamEnd(await run.wait());
    expect(summary.delivery).toMatchObject({ how: 'left' });
    expect(rig.states()).toEqual({ A: 'COMPLETED', MINE: 'UNPROCESSED' });
    // What it says brings the work in and leaves the ticket where it is.
    expect((await rig.shell(summary.delivery?.command ?? 'false')).code).toBe(0);
    expect(rig.read('A.txt')).toBe('a\n');
    expect(rig.states()).toEqual({ A: 'COMPLETED', MINE: 'UNPROCESSED' });
  });

  test('D1 tracked: one bookkeeping commit at the end holds the states, every landed commit only the work', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'T-1', git: { commits: [] } }, { id: 'T-2' }]);
    await rig.config();
    await rig.script(work);
    const { summary } = await rig.stream();
    const changed = async (commit: string) =>
      (await rig.git('show', '--format=', '--name-only', commit)).split('\n');
    for (const { commit, id } of summary.landed)
      expect(await changed(commit)).toEqual([`${id}.txt`]);
    const books = await changed(summary.branch);
    expect(books).toContain('.sage/tickets/index.json');
    expect(books.filter((path) => !path.startsWith('.sage/'))).toEqual([]);
    const inCommit = await rig.git('show', `${summary.branch}:.sage/tickets/index.json`);
    expect(`${inCommit}\n`).toBe(rig.read('.sage/tickets/index.json'));
    expect(await rig.git('status', '--short', '--', '.sage/tickets')).toBe('');
    for (const { id, commit } of summary.landed) {
      expect(JSON.stringify(rig.index()[id]!.git)).toContain(commit);
    }
  });

  test('D1 ignored: the index is only written, nothing of .sage/ is committed', async () => {
    await using rig = await Rig.create({ branch: 'work', sage: 'ignored' });
    await rig.tickets([{ id: 'T-1' }]);
    await rig.config();
    await rig.script(work);
    const { summary } = await rig.stream();
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED' });
    expect(await rig.git('log', '--format=%s', `${summary.base}..work`)).toMatch(
      /^\S+: #T-1[^\n]*$/,
    );
    expect(await rig.git('ls-tree', '-r', '--name-only', 'work')).not.toContain('.sage');
  });

  test('002-9.4 each ticket that landed has a line in the velocity log, readable for upstream', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }, { id: 'T-3' }]);
    await rig.config();
    await rig.script({ ...work, 'T-3': [{ exit: 1 }] });
    await rig.write({ '.sage/stream-velocity.log': '2025-01-01T00:00:00Z 12 OLD-1\n' });
    await rig.stream('--parallel=2');
    const lines = rig.read('.sage/stream-velocity.log').trimEnd().split('\n');
    expect(lines[0]).toBe('2025-01-01T00:00:00Z 12 OLD-1');
    expect(
      lines
        .slice(1)
        .map((line) => line.replace(/^\S+/, 'time'))
        .sort(),
    ).toEqual(['time 0 T-1', 'time 0 T-2']);
    expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /);
  });

  test('002-3.3 the counts of the summary are the counts of the index', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'A' },
      { id: 'B' },
      { id: 'C' },
      { id: 'D', dependencies: ['C'] },
      { id: 'E', state: 'COMPLETED' },
    ]);
    await rig.config();
    await rig.script({ ...work, C: [{ exit: 1 }] });
    const { stdout } = await rig.run('stream', '--auto', '--parallel=2');
    expect(stdout).toContain('2 landed, 1 deferred, 1 blocked');
    const states = Object.values(rig.states());
    const count = (state: string) => states.filter((other) => other === state).length;
    expect([count('COMPLETED') - 1, count('DEFERRED'), count('UNPROCESSED')]).toEqual([2, 1, 1]);
  });
});
