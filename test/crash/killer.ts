import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from '../rig/program.js';
import type { Rig } from '../rig/rig.js';

/** Who is killed. */
export const VICTIMS = ['orchestrator', 'group', 'lander', 'warden', 'git', 'agent'] as const;
export type Victim = (typeof VICTIMS)[number];

/** When: so many milliseconds after a moment that can be seen from outside. */
export interface Moment {
  /** The journal holds so many records; absent: the start of the process. */
  readonly records?: number;
  readonly delayMs: number;
}

/**
 * Waits for the moment, then kills the victim with SIGKILL. Answers whether it found one alive. The program may end
 * before: then there is nothing to kill.
 */
export async function killAt(
  rig: Rig,
  program: Program,
  victim: Victim,
  { records, delayMs }: Moment,
): Promise<boolean> {
  if (records !== undefined) await seen(program, () => recordsIn(rig) >= records);
  await Promise.race([pause(delayMs), program.exited]);
  if (victim === 'lander')
    await seen(program, () => existsSync(join(rig.gitDir, 'sage/landing.lock')));
  let pids: readonly number[] = [];
  await seen(program, () => (pids = pidsOf(rig, program, victim)).length > 0);
  if (program.end) return false;
  const killed = pids.filter((pid) => kill(victim === 'group' ? -pid : pid));
  return killed.length > 0;
}

function pidsOf(rig: Rig, program: Program, victim: Victim): readonly number[] {
  switch (victim) {
    case 'orchestrator':
    case 'group':
    case 'lander':
      return [program.pid];
    case 'warden':
      return named(rig, (command) => command.includes('warden'));
    case 'git':
      return named(rig, (command) => /^git /.test(command)).slice(0, 1);
    case 'agent':
      return named(rig, (command) => command.includes('agent-main.js')).slice(0, 1);
  }
}

const named = (rig: Rig, isIt: (command: string) => boolean) =>
  rig.processes().flatMap(({ pid, command }) => (isIt(command) ? [pid] : []));

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false; // it ended by itself
  }
}

/** Looks again and again, as closely as a timer allows, until it is so or the program has ended. */
async function seen(program: Program, isSo: () => boolean): Promise<void> {
  while (!program.end && !isSo()) await pause(1);
}

/** Whole records in all journals of the repository. */
export function recordsIn(rig: Rig): number {
  const runs = join(rig.gitDir, 'sage/runs');
  if (!existsSync(runs)) return 0;
  return readdirSync(runs).reduce((sum, run) => {
    const file = join(runs, run, 'events.ndjson');
    if (!existsSync(file)) return sum;
    return sum + readFileSync(file).filter((byte) => byte === 0x0a).length;
  }, 0);
}
