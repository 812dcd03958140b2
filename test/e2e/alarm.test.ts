import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';

/** Writes a line for each call: what it is for, about whom, the words, the way on. */
const NOTE =
  'printf "%s|%s|%s|%s\\n" "$SAGE_NOTIFY" "$SAGE_TICKET" "$SAGE_MESSAGE" "$SAGE_COMMAND" >> "$SAGE_RIG/calls.txt"';

const callsOf = (rig: Rig): readonly string[] => {
  const file = join(rig.places.root, 'calls.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
};

const called = (rig: Rig, times: number) =>
  until(
    () => (callsOf(rig).length >= times ? true : undefined),
    20_000,
    () => `called ${callsOf(rig).length} times`,
  );

async function planted(notify: Readonly<Record<string, unknown>>, ...ids: readonly string[]) {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config({ notify });
  await rig.tickets(ids.map((id) => ({ id })));
  return rig;
}

describe('calling a human', () => {
  test('the command is run when an agent waits, a ticket is deferred and the run ends, with what it is about', async () => {
    await using rig = await planted({ command: NOTE }, 'A', 'B');
    const run = rig.start('stream', '--auto');
    const a = await rig.agent.for('A');
    const asks = '{"sage":"waiting","reason":"asks for permission: rm -rf $(touch evil); `id`"}';
    await a.print(asks);
    await called(rig, 1);
    await a.print(asks); // Once is enough.
    await a.exit(0);
    await (await rig.agent.for('B')).succeed({ 'b.txt': 'b\n' });
    const { code, stdout } = await run.wait();
    expect(code).toBe(1);
    expect(stdout).not.toContain('\u0007');
    expect(stdout).toContain('to decide: 1, each with its command');
    const [waiting, deferred, end, ...more] = callsOf(rig);
    expect(waiting).toBe(
      'waiting|A|the agent of A asks for permission: rm -rf $(touch evil); `id`|',
    );
    expect(deferred).toMatch(/^deferred\|A\|A was deferred: .*\|sage (rescue|stream --explain) A$/);
    expect(end).toMatch(/^end\|\|run \S+ has ended: 1 of 2 landed, 1 deferred\|/);
    expect(more).toEqual([]);
    expect(existsSync(join(rig.checkout, 'evil'))).toBe(false);
  });

  test('a reached cost limit calls; what is not asked for does not', async () => {
    await using rig = await planted({ command: NOTE, on: ['budget'] }, 'A', 'B');
    await rig.script({
      '*': [{ write: { '{ticket}.txt': 'x\n' } }, { usage: { costUsd: 2, final: true } }],
    });
    const { code, stdout } = await rig.run('stream', '--auto', '--max-cost=1');
    expect(code).toBe(4);
    expect(callsOf(rig)).toEqual([
      expect.stringMatching(
        /^budget\|\|run \S+: 95 % of the cost limit is used: 2\.00 of 1\.00 USD\|$/,
      ),
      expect.stringMatching(/^budget\|\|run \S+ starts nothing more: .*2\.00 USD.*--max-cost USD$/),
    ]);
    expect(stdout).toContain('→ sage stream --auto --max-cost USD takes up what is pending');
  });

  test('a command that fails is told once, and holds nothing up', async () => {
    await using rig = await planted({ command: 'echo no such phone >&2; exit 7' }, 'A', 'B');
    await rig.script({ '*': [{ exit: 0 }] });
    const { code, stderr } = await rig.run('stream', '--auto');
    expect(code).toBe(1);
    expect(stderr.match(/the command of `notify` ended with 7: no such phone/g)).toHaveLength(1);
  });

  test('a command that hangs: the run goes on beside it, it is ended with what it started, and that is told once', async () => {
    const hang = `${NOTE}; sleep 600 & setsid sleep 600 & sleep 600`;
    await using rig = await planted({ command: hang, on: ['deferred', 'end'] }, 'A', 'B');
    const run = rig.start('stream', '--auto');
    await (await rig.agent.for('A')).exit(0);
    await called(rig, 1);
    const b = await rig.agent.for('B');
    expect(rig.processes().some((one) => one.command.includes('sleep 600'))).toBe(true);
    await b.succeed({ 'b.txt': 'b\n' });
    const { code, stderr } = await run.wait();
    expect(code).toBe(1);
    expect(stderr.match(/`notify`/g)).toHaveLength(1);
    expect(stderr).toContain('`notify` did not end within 10 seconds, and was ended');
    expect(callsOf(rig)[0]).toMatch(/^deferred\|A\|/);
    expect(rig.processes()).toEqual([]);
  });

  test('a command that prints without end: what is kept and told of it is bounded', async () => {
    const command = 'head -c 30000000 /dev/zero | tr "\\0" x; exit 3';
    await using rig = await planted({ command, on: ['end'] }, 'A');
    await rig.script({ A: [{ write: { 'a.txt': 'a\n' } }] });
    const { code, stderr } = await rig.run('stream', '--auto');
    expect(code).toBe(0);
    expect(stderr).toMatch(/the command of `notify` ended with 3: x{200}\n/);
    const [first] = rig.journal();
    const folder = first?.type === 'run.planned' ? first.directory : '';
    const log = join(folder, 'notify', '1.log');
    expect(statSync(log).size).toBeLessThan(21 * 1024 * 1024);
  });

  test('killed while it calls, nothing is left; gone on with, old facts do not call again', async () => {
    const command = `${NOTE}; test -e "$SAGE_RIG/go" || sleep 600`;
    await using rig = await planted({ command }, 'A', 'B');
    const run = rig.start('stream', '--auto');
    await (await rig.agent.for('A')).exit(0);
    await called(rig, 1);
    await rig.agent.for('B');
    run.signal('SIGKILL');
    await run.wait();
    await until(
      () => (rig.processes().length === 0 ? true : undefined),
      20_000,
      () => JSON.stringify(rig.processes()),
    );
    await rig.shell('touch "$SAGE_RIG/go"');
    const again = rig.start('resume');
    await (await rig.agent.for('B')).succeed({ 'b.txt': 'b\n' });
    expect((await again.wait()).code).toBe(1);
    expect(callsOf(rig).map((call) => call.split('|')[0])).toEqual(['deferred', 'end']);
  });

  test('in a terminal the bell rings, unless it was taken away', async () => {
    for (const bell of [true, false]) {
      await using rig = await planted({ bell }, 'A');
      await rig.script({ '*': [{ exit: 0 }] });
      const terminal = rig.terminal({ columns: 100, rows: 30 }, 'stream', '--auto');
      expect((await terminal.wait()).code).toBe(1);
      expect(terminal.written.includes('\u0007')).toBe(bell);
    }
  });

  test('a configuration that asks for something else is refused with its place', async () => {
    await using rig = await planted({ on: ['lunch'] }, 'A');
    const { code, stderr } = await rig.run('stream', '--auto');
    expect(code).toBe(2);
    expect(stderr).toMatch(/notify\.on/);
  });
});
