import { closeSync, openSync, readSync, readdirSync } from 'node:fs';
import type { ProcessEntry, ProcessTable } from './process-entry.js';

/** Whether processes are read from /proc. */
export const isLinux = process.platform === 'linux';

const MARKER = Buffer.from('\0SAGE_MARKER=');
/** Reused for every file: a scan reads hundreds of them. Grows for a large environment. */
let scratch = Buffer.alloc(64 * 1024);

/** Reads /proc. A process that vanishes meanwhile is left out; those of `earlier` are not looked at again. */
export function readLinuxProcesses(earlier?: ProcessTable): ProcessTable {
  const entries = new Map<number, ProcessEntry>();
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 0x31 || first > 0x39) continue;
    const pid = Number(name);
    const entry = earlier?.entries.get(pid) ?? readEntry(pid);
    if (entry) entries.set(entry.pid, entry);
  }
  return { entries, markerOf: (entry) => readMarker(entry.pid) };
}

/** The start time of a living process. */
export function readLinuxStart(pid: number): string | undefined {
  return readEntry(pid)?.started;
}

/** The start time of a process that is alive or a zombie; empty for none. */
export function startOfUnreaped(pid: number): string {
  return readStat(pid)?.started ?? '';
}

function readEntry(pid: number): ProcessEntry | undefined {
  const stat = readStat(pid);
  return stat?.state === 'Z' || stat?.state === 'X' ? undefined : stat;
}

/** Fields of /proc/PID/stat: proc(5). The name stands in parentheses and may itself hold any character. */
function readStat(pid: number): (ProcessEntry & { readonly state: string }) | undefined {
  const length = readInto(`/proc/${pid}/stat`, 0);
  if (length === 0) return undefined;
  const text = scratch.toString('utf8', 0, length);
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const [state, parent, group, session] = fields;
  const started = fields[19];
  if (state === undefined || started === undefined) return undefined;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    started,
    name: text.slice(open + 1, close),
    state,
  };
}

function readMarker(pid: number): string | undefined {
  // A leading NUL, so that the first variable is found like the others.
  scratch[0] = 0;
  const length = readInto(`/proc/${pid}/environ`, 1);
  const at = scratch.subarray(0, length).indexOf(MARKER);
  if (at === -1) return undefined;
  const from = at + MARKER.length;
  const end = scratch.subarray(from, length).indexOf(0);
  return scratch.toString('utf8', from, end === -1 ? length : from + end);
}

/** Reads a whole file behind `offset` of the scratch; returns the end of it, or `offset`'s zero for nothing. */
function readInto(path: string, offset: number): number {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return 0;
  }
  try {
    let length = offset;
    for (;;) {
      if (length === scratch.length) scratch = Buffer.concat([scratch], scratch.length * 2);
      const count = readSync(file, scratch, length, scratch.length - length, null);
      if (count === 0) return length;
      length += count;
    }
  } catch {
    return 0;
  } finally {
    closeSync(file);
  }
}
