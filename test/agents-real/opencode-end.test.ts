import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { until } from '../rig/within.js';
import type { Rig } from '../rig/rig.js';
import { bash, LIMIT_MS, opencodeRig, stream, write } from './opencode-rig.js';
import { outcomesOf } from './told.js';

const sleeps = (rig: Rig) =>
  rig.processes().filter(({ command }) => /^sleep 30[01]$/.test(command));

const bothSleep = (rig: Rig) =>
  until(
    () => (sleeps(rig).length === 2 ? true : undefined),
    LIMIT_MS / 2,
    () => "the tool's sleeps did not start",
  );

/** A tool that goes on for minutes, with a child in a session of its own. */
const LONG_WORK = 'setsid sleep 300 & sleep 301 & wait';

describe('the real OpenCode, ended', () => {
  test(
    'by the second Ctrl-C, its tool shells too; the steps before are paid for and told',
    async () => {
      await using world = await opencodeRig(({ turn }) =>
        turn === 0 ? write('begun.txt') : turn === 1 ? bash(LONG_WORK) : { say: 'Done.' },
      );
      const { rig } = world;
      await rig.tickets([{ id: 'T-1' }]);
      const program = rig.start('stream', '--auto', '--plain');
      await bothSleep(rig);
      program.pressCtrlC();
      await program.says('again');
      // What comes within 100 ms is the same press, forwarded by a wrapper.
      await pause(150);
      program.pressCtrlC();
      expect((await program.wait()).code).toBe(130);
      expect(rig.processes()).toEqual([]);
      const [outcome] = outcomesOf(rig, 'T-1');
      expect(outcome?.end).toEqual({ kind: 'cancelled' });
      expect(outcome?.usage.inputTokens).toBeGreaterThan(5_000);
    },
    LIMIT_MS,
  );

  test(
    'with sage, which was killed: nothing survives, and the next call lands the ticket',
    async () => {
      let isKilled = false;
      await using world = await opencodeRig(({ turn }) => {
        if (turn === 0) return write('begun.txt');
        return turn === 1 && !isKilled ? bash(LONG_WORK) : { say: 'Done.' };
      });
      const { rig } = world;
      await rig.tickets([{ id: 'T-1' }]);
      const program = rig.start('stream', '--auto');
      await bothSleep(rig);
      program.signal('SIGKILL');
      isKilled = true;
      await program.wait();
      await until(
        () => (rig.processes().length === 0 ? true : undefined),
        60_000,
        () => `they live on: ${JSON.stringify(rig.processes())}`,
      );
      const { summary } = await stream(rig);
      expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
      const [cut, whole] = outcomesOf(rig, 'T-1');
      expect(cut?.end).toEqual({ kind: 'cancelled' });
      expect(cut?.usage.inputTokens).toBeGreaterThan(5_000);
      expect(whole?.lastMessage).toBe('Done.');
    },
    LIMIT_MS,
  );
});
