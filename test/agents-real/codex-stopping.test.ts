import { describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { spentOn } from '../loopback/responses-server.js';
import type { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';
import { addFile, codexRig, outcomeOf, shell, stream } from './codex-rig.js';

/** What a tool leaves behind when nobody ends it: one beside its shell, one in a session of its own. */
const LONG = 'sleep 300 & setsid sleep 301 & wait';

const FLAGS = ['--auto', '--plain', '--agent', 'codex', '--verify', 'none'] as const;

const sleepsOf = (rig: Rig) =>
  rig.processes().filter(({ command }) => /^sleep 30[01]$/.test(command));

/** Settles when the tool of the agent is at work. */
const atWork = (rig: Rig) =>
  until(
    () => (sleepsOf(rig).length === 2 ? true : undefined),
    20_000,
    () => `the tool's sleeps did not start: ${JSON.stringify(rig.processes())}`,
  );

const nothingLeft = (rig: Rig) =>
  until(
    () => (rig.processes().length === 0 ? true : undefined),
    20_000,
    () => `they live on: ${JSON.stringify(rig.processes())}`,
  );

describe('ending the real Codex', () => {
  test.each(['edits', 'full'] as const)(
    'the second Ctrl-C ends it and its tools, access: %s',
    async (access) => {
      await using world = await codexRig(({ turn }) =>
        turn === 0 ? shell(LONG) : { say: 'Done.' },
      );
      const { rig } = world;
      await rig.config({ agents: {}, agent: 'codex', access });
      await rig.tickets([{ id: 'T-1' }]);
      const program = rig.start('stream', ...FLAGS);
      await atWork(rig);
      program.pressCtrlC();
      await program.says('again');
      // What comes within 100 ms is the same press, forwarded by a wrapper.
      await pause(150);
      program.pressCtrlC();
      expect((await program.wait()).code).toBe(130);
      expect(rig.processes()).toEqual([]);
      expect(outcomeOf(rig, 'T-1')).toMatchObject({ end: { kind: 'cancelled' } });
    },
  );

  test('its wrapper killed, the program behind it does not go on by itself', async () => {
    await using world = await codexRig(({ turn }) => (turn === 0 ? shell(LONG) : { say: 'Done.' }));
    const { rig } = world;
    await rig.config({ agents: {}, agent: 'codex', access: 'full' });
    await rig.tickets([{ id: 'T-1' }]);
    const program = rig.start('stream', ...FLAGS);
    await atWork(rig);
    const [leader] = rig.processes().filter(({ command }) => / exec --json /.test(command));
    process.kill(leader!.pid, 'SIGKILL');
    expect((await program.wait()).code).toBe(1);
    expect(rig.processes()).toEqual([]);
    expect(outcomeOf(rig, 'T-1')?.end).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  });

  test('002-7.4 killed with sage in the middle of a fix, it goes on with the session, and counts no token twice', async () => {
    let isKilled = false;
    await using world = await codexRig(({ turn, said }) => {
      if (turn === 0) return addFile('a.txt', 'wrong');
      if (turn === 1) return { say: 'Done.' };
      if (!isKilled) return shell(LONG);
      return said.includes('echo right') || turn > 3
        ? { say: 'It is right now.' }
        : shell('echo right > a.txt');
    });
    const { rig, model } = world;
    const step = { id: 'one', type: 'generic', description: 'Be right', status: 'UNPROCESSED' };
    const tasks = [{ ...step, validation_script: 'grep -q right a.txt' }];
    await rig.tickets([{ id: 'T-1', tasks }]);
    const program = rig.start('stream', ...FLAGS);
    await atWork(rig);
    program.signal('SIGKILL');
    isKilled = true;
    await program.wait();
    await nothingLeft(rig);

    const { summary } = await stream(rig);
    expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
    expect(rig.read('a.txt')).toBe('right\n');
    expect(new Set(model.requests.map(({ caller }) => caller)).size).toBe(1);
    // What the call that was cut off had used by then, Codex has told nobody.
    const [, , cutOff] = model.requests;
    const told = spentOn(model, (request) => request !== cutOff);
    expect(summary.tokens).toBe(told.input_tokens + told.output_tokens);
  });
});
