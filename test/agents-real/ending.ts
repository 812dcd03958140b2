import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from '../rig/program.js';
import type { Rig } from '../rig/rig.js';
import { until } from '../rig/within.js';

/** What a tool leaves behind when nobody ends it: one beside its shell, one in a session of its own. */
export const LONG_WORK = 'setsid sleep 300 & sleep 301 & wait';

/** Settles when the tools of so many agents are at {@link LONG_WORK}. */
export async function atWork(rig: Rig, agents: number, limitMs = 120_000): Promise<void> {
  const sleeps = () =>
    rig.processes().filter(({ command }) => /^sleep 30[01]$/.test(command)).length;
  await until(
    () => (sleeps() === 2 * agents ? true : undefined),
    limitMs,
    () => `${sleeps()} sleeps of tools run, not ${2 * agents}: ${JSON.stringify(rig.processes())}`,
  );
}

/** Ctrl-C, and once more when the run has said what that does; answers the exit code. */
export async function pressTwice(program: Program): Promise<number | null> {
  program.pressCtrlC();
  await program.says('again');
  // What comes within 100 ms is the same press, forwarded by a wrapper.
  await pause(150);
  program.pressCtrlC();
  return (await program.wait()).code;
}

/** Ends sage as nothing can be ended that may still do something; settles when none of its programs lives. */
export async function killAll(rig: Rig, program: Program): Promise<void> {
  program.signal('SIGKILL');
  await program.wait();
  await until(
    () => (rig.processes().length === 0 ? true : undefined),
    60_000,
    () => `they live on: ${JSON.stringify(rig.processes())}`,
  );
}
