import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mostAtOnce } from './calls.js';
import { Program } from './program.js';
import { Rig } from './rig.js';

const agentIn = (rig: Rig, ticket: string) =>
  new Program(join(rig.places.bin, 'test-agent'), ['-p'], rig.checkout, {
    ...rig.env,
    SAGE_TICKET: ticket,
  });

describe('the rig', () => {
  test('gives a checkout with an origin and an environment that shows nothing of this machine', async () => {
    await using rig = await Rig.create({ name: 'Prüf stand 検査', branch: 'work' });
    expect(await rig.git('status', '--short', '--branch')).toBe('## work');
    expect(await rig.git('rev-parse', 'origin/main')).toBe(await rig.git('rev-parse', 'HEAD'));
    expect(await rig.git('config', 'user.email')).toBe('rig@example.org');
    expect(Object.keys(rig.env).filter((name) => name in process.env)).toEqual(
      expect.not.arrayContaining(['NODE_OPTIONS', 'USER']),
    );
  });

  test('writes tickets and configuration, committed where .sage/ is tracked', async () => {
    await using tracked = await Rig.create();
    await tracked.tickets([{ id: 'A-1', title: 'Grüße', dependencies: [] }], 'python');
    await tracked.config({ parallel: 3 });
    expect(await tracked.git('status', '--short')).toBe('');
    expect(tracked.read('.sage/tickets/index.json')).toContain('Gr\\u00fc\\u00dfe');
    expect(tracked.read('.sage/config.yaml')).toContain('parallel: 3');
    expect(tracked.states()).toEqual({ 'A-1': 'UNPROCESSED' });
    await using ignored = await Rig.create({ sage: 'ignored' });
    await ignored.tickets([{ id: 'A-1' }]);
    expect(await ignored.git('log', '--format=%s')).toBe('start');
    expect(await ignored.git('status', '--short')).toBe('');
  });

  test('a snapshot sees every change that a run must not make, and none that it may', async () => {
    await using rig = await Rig.create({ files: { 'a.txt': 'a\n' } });
    await rig.tickets([{ id: 'A-1' }]);
    const before = rig.snapshot();
    await rig.write({ '.sage/tickets/index.json': '{"tickets":[]}' });
    await rig.git('update-ref', 'refs/heads/sage/run-1', 'HEAD');
    await rig.git('update-ref', 'refs/sage/base/1', 'HEAD');
    expect(rig.snapshot()).toEqual(before);
    await rig.git('update-ref', 'refs/heads/other', 'HEAD');
    expect(rig.snapshot().refs).not.toEqual(before.refs);
    await rig.write({ 'a.txt': 'b\n' });
    expect(rig.snapshot().files).not.toEqual(before.files);
    await rig.git('add', 'a.txt');
    expect(rig.snapshot().index).not.toBe(before.index);
    await rig.git('stash');
    expect(rig.snapshot().stash).not.toBe(before.stash);
    await rig.git('config', 'core.hooksPath', 'x');
    expect(rig.snapshot().config).not.toBe(before.config);
    await rig.git('switch', '--quiet', '--detach');
    expect(rig.snapshot().head).not.toBe(before.head);
    await rig.git('fetch', '--quiet', 'origin');
    expect(rig.snapshot().rest).not.toEqual(before.rest);
  });

  test('an agent does what the test tells it', async () => {
    await using rig = await Rig.create();
    const program = agentIn(rig, 'T-1');
    const call = await rig.agent.for('T-1');
    expect(call).toMatchObject({ ticket: 'T-1', cwd: rig.checkout, prompt: '' });
    expect(call.hello.args).toEqual(['-p']);
    await call.print('hello');
    await call.usage({ costUsd: 0.02 });
    await expect(call.git('nonsense')).rejects.toThrow('nonsense');
    await call.write({ 'src/new.js': 'x\n' });
    await call.commit('feat: new');
    await call.exit(7);
    const end = await program.wait();
    expect(end).toMatchObject({ code: 7, signal: null });
    expect(end.stdout).toBe('hello\n{"sage":"usage","costUsd":0.02}\n');
    expect(await rig.git('log', '-1', '--format=%s')).toBe('feat: new');
    expect(rig.calls()).toMatchObject([{ ticket: 'T-1', call: 1 }]);
  });

  test('an agent can die by a signal and be stubborn with its children', async () => {
    await using rig = await Rig.create();
    const program = agentIn(rig, 'T-1');
    const call = await rig.agent.next();
    const child = await call.fork({ clearEnvironment: true });
    process.kill(child, 'SIGTERM');
    expect(rig.processes().map(({ pid }) => pid)).toContain(child);
    await call.die('SIGKILL');
    expect((await program.wait()).signal).toBe('SIGKILL');
    expect(rig.processes().map(({ pid }) => pid)).toEqual([child]);
    process.kill(child, 'SIGKILL');
  });

  test('scripted agents work alone, their calls are counted and their overlap is known', async () => {
    await using rig = await Rig.create();
    const gate = join(rig.places.tmp, 'gate');
    await rig.script({
      'T-1#1': [{ exit: 3 }],
      '*': [{ waitForFile: gate }, { write: { '{ticket}.txt': '{ticket}\n' } }],
    });
    expect((await agentIn(rig, 'T-1').wait()).code).toBe(3);
    const both = [agentIn(rig, 'T-1'), agentIn(rig, 'T-2')];
    while (rig.calls().length < 3) await new Promise(setImmediate);
    await rig.write({ '../tmp/gate': '' });
    for (const program of both) expect((await program.wait()).code).toBe(0);
    expect(rig.read('T-2.txt')).toBe('T-2\n');
    expect(rig.calls().map(({ ticket, call }) => `${ticket}#${call}`)).toEqual(
      expect.arrayContaining(['T-1#1', 'T-1#2', 'T-2#1']),
    );
    expect(mostAtOnce(rig.calls())).toBe(2);
    await rig.git('clean', '--quiet', '-f');
    rig.tolerate('temporary files'); // the gate
  });

  test('fails a test that leaves a process or a temporary file, and removes both', async () => {
    const rig = await Rig.create();
    const program = agentIn(rig, 'T-1');
    const call = await rig.agent.next();
    const child = await call.fork();
    await call.shell('echo x > "$TMPDIR/left"');
    await call.exit(0);
    await program.wait();
    await expect(rig[Symbol.asyncDispose]()).rejects.toThrow(
      new RegExp(`process left: ${child} sleep[\\s\\S]*temporary file left: left`),
    );
    expect(rig.processes()).toEqual([]);
    expect(existsSync(rig.places.root)).toBe(false);
  });
});
