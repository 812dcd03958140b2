import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one process for good: a pid alone is given out again after its process ended. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The system's own word for when it started; compared, never parsed. */
  readonly started: string;
  /** Names the boot, so that a pid from before a restart is known to be gone. */
  readonly boot: string;
  readonly host: string;
}

export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    started: startOf(process.pid) ?? 'unknown',
    boot: bootId(),
    host: hostname(),
  };
}

/**
 * Whether that process is still there. `dead` only when it is certain (other boot of this host, no such pid, or the
 * pid belongs to a process that started at another time); `unknown` for another host.
 */
export function isAlive(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.host !== hostname()) return 'unknown';
  if (identity.boot !== bootId()) return 'dead';
  const started = startOf(identity.pid);
  if (started === undefined) return 'dead';
  return started === identity.started ? 'alive' : 'dead';
}

/** When a process started; nothing when there is none, or only its remains that nobody has waited for. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // proc_pid_stat(5): the name in brackets may hold anything; state is field 3, starttime field 22.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state = '', ...started] = line.split(/\s+/);
    return line === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return process.platform === 'linux'
      ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      : execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
