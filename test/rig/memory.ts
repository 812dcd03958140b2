import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Bytes that a process takes: on Linux what is its own, shared pages counted in parts (PSS); elsewhere all that is
 * resident, which is more. 0 for one that has ended.
 */
export function memoryOf(pid: number): number {
  try {
    return 1_024 * (process.platform === 'linux' ? pss(pid) : rss(pid));
  } catch {
    return 0;
  }
}

const pss = (pid: number) =>
  Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);

const rss = (pid: number) =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
