import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isBelow } from './marker.js';
import type { ProcessEntry, ProcessTable } from './process-entry.js';

const run = promisify(execFile);
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w+ \w+\s+\d+ [\d:]+ \d+)\s+(.*)$/;

/** Reads the table through `ps`, for macOS and the BSDs; there a session is known by its group only. */
export async function readPsProcesses(): Promise<ProcessTable> {
  const [plain, withEnvironment] = await Promise.all([
    ps(['-A', '-o', 'pid=,ppid=,pgid=,state=,lstart=,comm=']),
    ps(['-A', '-E', '-ww', '-o', 'pid=,command=']),
  ]);
  return parsePs(plain, withEnvironment);
}

/** The table in the text of the two calls of `ps`. */
export function parsePs(plain: string, withEnvironment: string): ProcessTable {
  const entries = new Map<number, ProcessEntry>();
  for (const line of plain.split('\n')) {
    const [, pid, parent, group, state, started, command] = LINE.exec(line) ?? [];
    if (pid === undefined || started === undefined || state?.startsWith('Z')) continue;
    entries.set(Number(pid), {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: Number(group),
      started,
      name: command?.split('/').at(-1) ?? '',
    });
  }
  const markers = new Map<number, string>();
  for (const line of withEnvironment.split('\n')) {
    const [, pid, marker] = /^\s*(\d+)\s.* SAGE_MARKER=(\S+)/.exec(line) ?? [];
    if (pid !== undefined && marker !== undefined) markers.set(Number(pid), marker);
  }
  return { entries, isMarked: (entry, marker) => isBelow(markers.get(entry.pid), marker) };
}

async function ps(args: readonly string[]): Promise<string> {
  const { stdout } = await run('ps', args, { maxBuffer: 64 * 1024 * 1024, env: { LC_ALL: 'C' } });
  return stdout;
}
