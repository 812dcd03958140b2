import { describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';
import { geminiRig, shell, write } from './gemini-rig.js';
import { outcomesOf } from './told.js';

const sleepsOf = (rig: Rig) =>
  rig.processes().filter(({ command }) => /^sleep 30[01]$/.test(command));

const twoSleeps = (rig: Rig) =>
  until(
    () => (sleepsOf(rig).length === 2 ? true : undefined),
    30_000,
    () => "the tool's sleeps did not start",
  );

/** How the prompt begins that sends a ticket back. */
const SENT_BACK = 'A check of the ticket fails';

const WORK = 'setsid sleep 300 & sleep 301 & wait';

describe('a session of the real Gemini CLI', () => {
  test('the second Ctrl-C ends it and its tool shells, those in sessions of their own too', async () => {
    await using world = await geminiRig(({ turn }) =>
      turn === 0 ? shell(WORK) : { say: 'Done.' },
    );
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const program = rig.start('stream', '--auto', '--plain');
    await twoSleeps(rig);
    program.pressCtrlC();
    await program.says('again');
    // What comes within 100 ms is the same press, forwarded by a wrapper.
    await pause(150);
    program.pressCtrlC();
    const { code } = await program.wait();
    expect(code).toBe(130);
    expect(rig.processes()).toEqual([]);
    // It exits 0 then, with no word of what it was.
    expect(outcomesOf(rig, 'T-1')).toMatchObject([{ end: { kind: 'cancelled' }, usage: {} }]);
  });

  test('sent back for a fix it goes on with its session; killed with sage in the middle, it goes on again', async () => {
    let isHeld = true;
    await using world = await geminiRig(({ isRouting, results, said }) => {
      if (isRouting) return { say: '' };
      if (results.length > 0) return { say: 'It rolls.' };
      if (!said.includes(SENT_BACK)) return write('a.txt', 'square\n');
      return shell(isHeld ? WORK : 'echo round > a.txt');
    });
    const { rig, model } = world;
    const task = { type: 'generic', status: 'UNPROCESSED', validation_script: 'grep round a.txt' };
    await rig.tickets([{ id: 'T-1', tasks: [{ id: 'roll', description: 'Roll.', ...task }] }]);
    const program = rig.start('stream', '--auto', '--plain');
    await twoSleeps(rig);
    program.signal('SIGKILL');
    await program.wait();
    await until(
      () => (rig.processes().length === 0 ? true : undefined),
      20_000,
      () => `they live on: ${JSON.stringify(rig.processes())}`,
    );
    isHeld = false;
    const before = model.requests.length;
    const { summary } = await rig.stream();
    expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
    const [first, ...later] = outcomesOf(rig, 'T-1');
    expect(later.length).toBeGreaterThan(0);
    for (const { sessionId } of later) expect(sessionId).toBe(first?.sessionId);
    // It remembers the ticket, what it did for it, and that it was sent back.
    const remembered = model.requests.slice(before).find(({ isRouting }) => !isRouting);
    expect(remembered?.said).toMatch(/^Ticket: T-1$/m);
    expect(remembered?.turn).toBeGreaterThanOrEqual(2);
  });
});
