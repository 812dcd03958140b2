import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether this process belongs to the job that has the terminal. One in the background (`&`, `bg`) is stopped by the
 * kernel as soon as it reads keys or changes how the terminal passes them on, so it must not try.
 */
export function isInForeground(): boolean {
  try {
    return process.platform === 'linux' ? fromProc() : fromPs();
  } catch {
    return false;
  }
}

/** Behind the program's name, which may hold anything: state, parent, process group, session, terminal, its foreground group. */
function fromProc(): boolean {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group !== undefined && group === foreground;
}

/** `+` in the state: "is in the foreground process group" (ps(1), BSD and Linux). */
const fromPs = () =>
  execFileSync('ps', ['-o', 'stat=', '-p', String(process.pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).includes('+');
