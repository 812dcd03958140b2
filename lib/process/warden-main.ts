import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { killTree } from './kill-tree.js';
import type { ProcessId } from './process-tree.js';

/**
 * The warden's program: `warden-main MARKER GRACE-MS`, standard input is the leash. Lines: `+PID STARTED` and `-PID`
 * name the leaders of living trees, `done` is the orderly goodbye. The end of input without it means that the
 * orchestrator is gone: its trees are ended.
 */
async function main(marker: string, graceMs: number): Promise<void> {
  const leaders = new Map<number, ProcessId>();
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line === 'done') {
      process.stdin.destroy();
      return;
    }
    const [, sign, pid, started] = /^([+-])(\d+)(?: (.*))?$/.exec(line) ?? [];
    if (sign === '+') leaders.set(Number(pid), { pid: Number(pid), started: started ?? '' });
    else if (sign === '-') leaders.delete(Number(pid));
  }
  // A program that was just being started carries no marker before its exec: look again.
  for (const delayMs of [0, 200, 500]) {
    await setTimeout(delayMs);
    await killTree({ known: [...leaders.values()], marker }, { graceMs });
  }
}

const [marker, graceMs] = process.argv.slice(2);
// Without a marker it would have nothing to hold; it must never end what it was not told.
if (marker) await main(marker, Number(graceMs ?? 500));
