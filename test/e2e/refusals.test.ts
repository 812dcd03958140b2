import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Rig } from '../rig/rig.js';

async function prepared(keys: object = {}) {
  const rig = await Rig.create();
  await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }]);
  await rig.config({ ...keys });
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
  return rig;
}

/** Everything on disk that a refused call must leave as it was, tickets included. */
const world = (rig: Rig) => ({
  ...rig.snapshot(),
  index: rig.read('.sage/tickets/index.json'),
  sage: existsSync(join(rig.gitDir, 'sage')),
});

describe('calls that must not run', () => {
  test("a branch called sage leaves no room for the runs' branches: refused, with the command that mends it", async () => {
    await using rig = await prepared();
    await rig.git('branch', 'sage');
    const before = world(rig);
    const refused = await rig.run('stream', '--auto');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/git\/branch-in-the-way/),
    ]);
    expect(refused.stderr).toContain('git branch -m sage OTHER-NAME');
    expect([world(rig), rig.calls()]).toEqual([before, []]);
    await rig.git('branch', '-m', 'sage', 'mine');
    expect((await rig.run('stream', '--auto')).code).toBe(0);
  });

  test.each([
    [['--parallel=3'], /--auto/],
    [['--parallel=3', '--interactive'], /--auto/],
    [['--parallel=3', '--semi-auto'], /--auto/],
    [['--auto', '--parallel'], /--parallel=3/],
    [['--auto', '--parallel=-1'], /whole number/],
    [['--auto', '--paralel=3'], /--parallel/],
  ])(
    '002-1.3 002-15.1 002-16.1 stream %j is refused with the way out and changes nothing',
    async (flags, said) => {
      await using rig = await prepared();
      const before = world(rig);
      const end = await rig.run('stream', ...flags);
      expect(end.code).toBe(2);
      expect(end.stderr).toMatch(said);
      expect(world(rig)).toEqual(before);
      expect(rig.calls()).toEqual([]);
    },
  );

  test('002-1.3 002-19.2 without --auto the plan is shown, nothing runs and nothing changes', async () => {
    await using rig = await prepared();
    const before = world(rig);
    for (const flags of [[], ['--dry-run'], ['--dry-run', '--auto', '--parallel=2']]) {
      const end = await rig.run('stream', ...flags);
      expect(end.code).toBe(0);
      expect(end.stdout).toMatch(/T-1/);
      expect(world(rig)).toEqual(before);
    }
    expect((await rig.run('stream')).stdout).toMatch(/--auto/);
    expect(rig.calls()).toEqual([]);
  });

  test('D5 without checks nothing starts, and the hint shows the project’s own', async () => {
    await using rig = await prepared({ verify: undefined });
    await rig.write({ 'package.json': '{"scripts":{"test":"node --test"}}' });
    const before = world(rig);
    const end = await rig.run('stream', '--auto');
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('verify');
    expect(end.stderr).toContain('npm test');
    expect(world(rig)).toEqual(before);
    const { summary } = await rig.stream('--verify', 'none');
    expect(summary.landed).toHaveLength(2);
  });

  test('D5 a red base starts no agent and changes no ticket', async () => {
    await using rig = await prepared({ verify: ['test -e missing.txt'] });
    const before = rig.snapshot();
    const end = await rig.run('stream', '--auto');
    expect(end.code).toBe(2);
    expect(`${end.stdout}${end.stderr}`).toContain('test -e missing.txt');
    expect(rig.states()).toEqual({ 'T-1': 'UNPROCESSED', 'T-2': 'UNPROCESSED' });
    expect(rig.snapshot()).toEqual(before);
    expect(rig.calls()).toEqual([]);
  });

  test('a repository in the middle of a rebase is refused by name', async () => {
    await using rig = await prepared();
    await rig.write({ 'README.md': 'one\n' });
    await rig.git('commit', '--quiet', '--all', '--message', 'one');
    await rig.git('switch', '--quiet', '--create', 'other', 'HEAD~1');
    await rig.write({ 'README.md': 'two\n' });
    await rig.git('commit', '--quiet', '--all', '--message', 'two');
    await expect(rig.git('rebase', 'main')).rejects.toThrow('could not apply');
    const before = world(rig);
    const end = await rig.run('stream', '--auto');
    expect(end.code).toBe(2);
    expect(end.stderr).toMatch(/rebase/);
    expect(world(rig)).toEqual(before);
  });

  test('002-2.2 a cycle refuses a parallel run; sequentially the tickets beside it run', async () => {
    await using rig = await Rig.create();
    await rig.tickets([
      { id: 'A', dependencies: ['B'] },
      { id: 'B', dependencies: ['A'] },
      { id: 'C' },
    ]);
    await rig.config();
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const parallel = await rig.run('stream', '--auto', '--parallel=2');
    expect(parallel.code).toBe(3);
    expect(parallel.stderr).toMatch(/A → B → A|B → A → B/);
    expect(rig.calls()).toEqual([]);
    const { summary } = await rig.stream();
    expect(summary.landed.map(({ id }) => id)).toEqual(['C']);
    expect(rig.states()).toMatchObject({ A: 'UNPROCESSED', B: 'UNPROCESSED' });
  });

  test('002-4.3 002-17.3 a second run in the repository is refused and told who runs', async () => {
    await using rig = await prepared();
    await rig.script({});
    const first = rig.start('stream', '--auto');
    const call = await rig.agent.next();
    const second = await rig.run('stream', '--auto');
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(String(first.pid));
    rig.agent.serve((other) => other.succeed({ 'b.txt': 'b\n' }));
    await call.succeed({ 'a.txt': 'a\n' });
    expect((await first.wait()).code).toBe(0);
  });

  test('a prompt template with a fault is refused with its place, and nothing is changed', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A' }]);
    await rig.config();
    await rig.write({ '.sage/templates/ticket.md': 'Do {{ticket}} as {{who}} says\n' });
    const { code, stderr } = await rig.run('stream', '--auto');
    expect(code).toBe(2);
    expect(stderr).toContain('{{who}}');
    expect(existsSync(join(rig.gitDir, 'sage/runs'))).toBe(false);
    expect(rig.states()).toEqual({ A: 'UNPROCESSED' });
  });

  test('a ticket whose id cannot be used is left out, and that is said', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'A\u0000B' }, { id: 'C' }]);
    await rig.config();
    const dry = await rig.run('stream', '--dry-run');
    expect(dry.stdout).toContain('holds a control character; this ticket is left out');
    await rig.script({ '*': [{ write: { 'c.txt': 'c\n' } }] });
    const { stderr, code } = await rig.run('stream', '--auto');
    expect(stderr).toContain('this ticket is left out');
    expect(code).toBe(0);
  });
});
