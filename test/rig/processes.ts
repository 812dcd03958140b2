import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** A process that belongs to a rig. */
export interface RigProcess {
  readonly pid: number;
  readonly command: string;
  readonly cwd: string;
}

/**
 * Every living process that has to do with `root`: its environment or command line names the folder or it works
 * in it. Found by content and not by parentage, so that orphans and tool shells in sessions of their own show up.
 */
export function processesOf(root: string): readonly RigProcess[] {
  return process.platform === 'linux' ? fromProc(root) : fromPs(root);
}

/** Kills them until none is left, those that appear meanwhile included. */
export function killProcessesOf(root: string): void {
  for (let round = 0; round < 50; round += 1) {
    const left = processesOf(root);
    if (left.length === 0) return;
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
  }
}

function fromProc(root: string): RigProcess[] {
  const found: RigProcess[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const cwd = readlinkSync(`/proc/${pid}/cwd`);
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (command === '') continue; // a zombie or a kernel thread
      const isOurs =
        cwd.startsWith(root) ||
        command.includes(root) ||
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(root);
      if (isOurs) found.push({ pid, command, cwd });
    } catch {
      // It ended while we looked, or is not ours to look at.
    }
  }
  return found;
}

/** `ps -E` shows the environment of the user's own processes on macOS. */
function fromPs(root: string): RigProcess[] {
  return execFileSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(root))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.slice(0, 200), cwd: '' }))
    .filter(({ pid }) => pid !== process.pid);
}
