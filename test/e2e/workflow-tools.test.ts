import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mostAtOnce } from '../rig/calls.js';
import { issues, lldOf, statesOf, writesDocuments } from '../rig/items.js';
import { readStreamEnd } from '../rig/stream-end.js';
import { Rig } from '../rig/rig.js';

const KEYS = { KEY_ONE: 'sk-first-0123456789', KEY_TWO: 'sk-other-9876543210' };
const TEN = Array.from({ length: 10 }, (_, index) => 41 + index);

async function withIssues(...numbers: readonly number[]): Promise<Rig> {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await issues(rig, ...numbers);
  return rig;
}

/** Names every git that is called from now on in a file, and answers how many there were. */
async function countGits(rig: Rig): Promise<() => number> {
  const log = join(rig.places.home, 'gits.log');
  const real = execFileSync('sh', ['-c', 'PATH=/usr/local/bin:/usr/bin:/bin command -v git'], {
    encoding: 'utf8',
  }).trim();
  await rig.program('git', `echo "$*" >> '${log}'; exec ${real} "$@"`);
  return () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0);
}

describe('the workflow tools', () => {
  test('003-2.1 003-3.2 003-6.5 003-8.6 T050 a dry run shows each pending item in a table, and does nothing', async () => {
    await using rig = await withIssues(41, 42, 43);
    await rig.script(writesDocuments(41, 42, 43));
    await rig.write({ [lldOf(40)]: '# There\n', '.sage/issues/40-old.md': '# 40 - Old\n' });
    const before = rig.snapshot();
    const { stdout, code, stderr } = await rig.run('requirements', '--dry-run', '--parallel', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'id        issue  state    title       output',
      'issue-41  #41    pending  Feature 41  docs/lld/LLD-041.md',
      'issue-42  #42    pending  Feature 42  docs/lld/LLD-042.md',
      'issue-43  #43    pending  Feature 43  docs/lld/LLD-043.md',
      '',
      '3 pending, 2 at once. Nothing was started.',
      '',
      'Not worked on:',
      '  issue-40 completed: docs/lld/LLD-040.md is there, not committed',
      '',
    ]);
    expect(rig.snapshot()).toEqual(before);
    expect(existsSync(join(rig.gitDir, 'sage'))).toBe(false);
    expect(existsSync(join(rig.checkout, '.sage/requirements'))).toBe(false);
    expect(rig.calls()).toEqual([]);
    const told = JSON.parse((await rig.run('requirements', '--dry-run', '--json')).stdout) as {
      items: { id: string; state: string; output: string }[];
    };
    expect(told.items.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'issue-40 completed',
      'issue-41 pending',
      'issue-42 pending',
      'issue-43 pending',
    ]);
  });

  test.each(['requirements', 'implement'])(
    '003-6.2 003-3.11 T020 %s --parallel without a value is refused with both forms',
    async (tool) => {
      await using rig = await withIssues();
      const { code, stderr } = await rig.run(tool, '--parallel');
      expect(code).toBe(2);
      expect(stderr).toContain('`--parallel=3` for three agents, `--parallel auto`');
    },
  );

  test('003-1.8 003-2.2 003-3.7 003-6.10 003-3.10 T100 without flags one works after the other, and only their keys are leased', async () => {
    await using rig = await withIssues(41, 42, 43);
    await rig.script(writesDocuments(41, 42, 43));
    const { stdout } = await rig.run('requirements');
    expect(stdout).toContain('3 tickets, one at a time');
    expect(stdout).toContain('3 landed');
    expect(mostAtOnce(rig.calls())).toBe(1);
    expect(rig.journal().filter(({ type }) => type.startsWith('credential.'))).toEqual([]);
  });

  test('003-3.12 more than ten at once is capped and said', async () => {
    await using rig = await withIssues(41, 42);
    await rig.script(writesDocuments(41, 42));
    const { stdout } = await rig.run('requirements', '--parallel', '99', '--json');
    const { summary } = readStreamEnd({ stdout, stderr: '', code: 0, signal: null });
    expect(summary.slots.because).toContain('capped at 10');
    expect(summary.landed).toHaveLength(2);
  });

  test('003-3.1 003-6.6 003-2.3 T060 four work at once, and all are told in the end', async () => {
    await using rig = await withIssues(...TEN.slice(0, 5));
    const run = rig.start('requirements', '--parallel', '4');
    const calls = [];
    for (let count = 0; count < 4; count += 1) calls.push(await rig.agent.next());
    expect(rig.agent.running).toHaveLength(4);
    for (const call of calls) await write(call);
    await write(await rig.agent.next());
    expect((await run.wait()).stdout).toContain('5 landed');
    expect(mostAtOnce(rig.calls())).toBe(4);
  });

  test('003-3.5 003-11.1 T070 two keys and four workers: keys take turns, every start has a lease, none is in an argument', async () => {
    await using rig = await withIssues(...TEN.slice(0, 6));
    Object.assign(rig.env, KEYS);
    await rig.config({
      credentials: {
        scripted: { variable: 'AGENT_KEY', from: { environment: Object.keys(KEYS) } },
      },
    });
    await rig.script({
      ...Object.fromEntries(
        Object.entries(writesDocuments(...TEN)).map(([id, actions]) => [
          id,
          [
            ...actions,
            { shell: 'test -n "$AGENT_KEY" && ! tr "\\0" " " < /proc/$PPID/cmdline | grep -q sk-' },
          ],
        ]),
      ),
    });
    const { stdout, code } = await rig.run('requirements', '--parallel', '4', '--json');
    const { summary } = readStreamEnd({ stdout, stderr: '', code, signal: null });
    expect(summary.landed).toHaveLength(6);
    expect(mostAtOnce(rig.calls())).toBeLessThanOrEqual(2);
    const started = rig.journal().filter((event) => event.type === 'attempt.started');
    expect(new Set(started.map(({ credential }) => credential))).toEqual(
      new Set(['key-1', 'key-2']),
    );
  });

  test('003-6.11 T110 nothing to process is said, and no trouble', async () => {
    await using rig = await withIssues();
    await rig.write({ '.sage/issues/README.md': 'Issues lie here.\n' });
    for (const flags of [[], ['--parallel', '4'], ['--dry-run']]) {
      const { stdout, code } = await rig.run('requirements', ...flags);
      expect({ stdout, code }).toEqual({ stdout: 'Nothing to process.\n', code: 0 });
    }
    expect(existsSync(join(rig.gitDir, 'sage/runs'))).toBe(false);
  });

  test('003-6.12 003-11.2 T120 one item and four workers end', async () => {
    await using rig = await withIssues(42);
    await rig.script(writesDocuments(42));
    const { stdout, code } = await rig.run('requirements', '--parallel', '4');
    expect(stdout).toContain('1 landed');
    expect(code).toBe(0);
  });

  test('003-6.9 T090 Ctrl-C with two of ten at work: those land, the end is 0, the next call does the rest', async () => {
    await using rig = await withIssues(...TEN);
    const run = rig.start('requirements', '--parallel', '2');
    const calls = [await rig.agent.next(), await rig.agent.next()];
    run.pressCtrlC();
    await rig.event('run.stop-requested', ({ mode }) => mode === 'drain');
    for (const call of calls) await write(call);
    const end = await run.wait();
    expect(end.code).toBe(0);
    expect(end.stdout).toMatch(/interrupted .*8 pending/);
    expect(end.stdout).toContain('sage requirements takes up what is pending');
    const begun = calls.map(({ ticket }) => ticket).sort();
    const done = Object.entries(statesOf(rig)).filter(([, state]) => state === 'COMPLETED');
    expect(done.map(([id]) => id)).toEqual(begun);
    await rig.script(writesDocuments(...TEN));
    const again = await rig.run('requirements', '--parallel', '4');
    expect(again.stdout).toContain('8 landed');
    expect(rig.calls().filter(({ ticket }) => begun.includes(ticket))).toHaveLength(2);
  });

  test('a killed run of one tool is gone on with by the same call; another does not begin before', async () => {
    await using rig = await withIssues(41, 42);
    await rig.tickets([{ id: 'A' }]);
    const run = rig.start('requirements');
    const call = await rig.agent.next();
    run.signal('SIGKILL');
    await run.wait();
    const other = await rig.run('stream', '--auto');
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/run \S+ of `sage requirements` was interrupted/);
    await rig.script(writesDocuments(41, 42));
    const { stdout } = await rig.run('requirements', '--plain');
    expect(stdout).toContain('2 landed');
    expect(call.ticket).toBe('issue-41');
    expect(statesOf(rig)).toEqual({ 'issue-41': 'COMPLETED', 'issue-42': 'COMPLETED' });
  });

  test('an agent that writes no document is asked once more, then the item has failed; retry takes it up', async () => {
    await using rig = await withIssues(41);
    await rig.script({ '*': [{ write: { 'other.md': 'talk\n' } }] });
    const { stdout, code } = await rig.run('requirements');
    expect(code).toBe(1);
    expect(stdout).toContain('docs/lld/LLD-041.md is there, not empty, and not ignored');
    expect(rig.calls()).toHaveLength(2);
    expect(await rig.filesOf('HEAD')).not.toContain('other.md');
    const dry = await rig.run('requirements', '--dry-run');
    expect(dry.stdout).toMatch(/issue-41 failed: .* → sage retry issue-41/);
    const retry = await rig.run('retry', 'issue-41');
    expect(retry.stdout).toContain('→ sage requirements\n');
    await rig.script(writesDocuments(41));
    expect((await rig.run('requirements', '--only', '41')).stdout).toContain('1 landed');
  });

  test('003-8.1 how many gits are started before the first agent does not grow with the items', async () => {
    const before = async (numbers: readonly number[]) => {
      await using rig = await withIssues(...numbers);
      const gits = await countGits(rig);
      const run = rig.start('requirements', '--parallel', '1', '--limit', '1');
      const call = await rig.agent.next();
      const count = gits();
      await write(call);
      await run.wait();
      return count;
    };
    const few = await before([41]);
    expect(few).toBeGreaterThan(5);
    expect(await before(Array.from({ length: 50 }, (_, index) => 41 + index))).toBe(few);
  });
});

const write = (call: {
  readonly ticket: string;
  succeed(files: Record<string, string>): Promise<void>;
}) => call.succeed({ [lldOf(Number(call.ticket.slice(6)))]: '# A design\n' });
