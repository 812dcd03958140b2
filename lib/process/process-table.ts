import type { ProcessEntry, ProcessTable } from './process-entry.js';
import {
  isLinux,
  readLinuxProcesses,
  readLinuxStart,
  startOfUnreaped,
} from './process-table-linux.js';
import { readPsProcesses } from './process-table-ps.js';

/**
 * Reads the table: /proc on Linux, `ps` elsewhere. Of processes that started before `since` nothing is read on Linux,
 * once it is known of them, and none is in the table: a fifth of the cost.
 */
export async function readProcessTable(since?: string): Promise<ProcessTable> {
  return isLinux ? readLinuxProcesses(since) : readPsProcesses();
}

/** Whether that very process, not a later one with its pid, is alive (a zombie is not). */
export function isAlive(entry: Pick<ProcessEntry, 'pid' | 'started'>): boolean {
  if (isLinux) return readLinuxStart(entry.pid) === entry.started;
  try {
    process.kill(entry.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The identity of a child that was just started. On Linux it holds for one that has already ended, too, as long as the
 * event loop had no turn to reap it.
 */
export async function identify(pid: number): Promise<Pick<ProcessEntry, 'pid' | 'started'>> {
  if (isLinux) return { pid, started: startOfUnreaped(pid) };
  return { pid, started: (await readProcessTable()).entries.get(pid)?.started ?? '' };
}

/** This process and those above it: never to be ended, whatever their environment says. */
export function ownLine(table: ProcessTable): ReadonlySet<number> {
  const line = new Set<number>([0, 1]);
  for (let pid: number | undefined = process.pid; pid !== undefined && !line.has(pid);) {
    line.add(pid);
    pid = table.entries.get(pid)?.parent;
  }
  return line;
}
