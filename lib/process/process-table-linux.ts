import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { parseLimits } from './limit-mark.js';
import { isBelow, isLimitBelow } from './marker.js';
import type { ProcessEntry, ProcessTable } from './process-entry.js';

/** Whether processes are read from /proc. */
export const isLinux = process.platform === 'linux';

const MARKER = Buffer.from('\0SAGE_MARKER=');
/** Reused for every file: a scan reads hundreds of them. Grows for a large environment. */
let scratch = Buffer.alloc(64 * 1024);

/** What one process carries. */
interface Marks {
  readonly marker: string | undefined;
  readonly limits: readonly bigint[];
}

/** What is remembered of a process from one scan to the next. */
interface Known {
  /** Of its folder in /proc: another process with its pid has another one. */
  readonly inode: number;
  readonly started: string;
  readonly firstSeenAt: number;
  /** When {@link Known.inode} was last compared. */
  checkedAt: number;
  marks?: Marks;
}

/** Marks come with the exec behind a fork: read later than that they cannot change any more. */
const SETTLED_MS = 1_000;
/** So soon no system gives a pid out again: it would have to start all its processes anew. */
const MOMENT_MS = 50;
let memory: ReadonlyMap<number, Known> = new Map();

/** Reads /proc. What started before `since`, and what vanishes meanwhile, is left out. */
export function readLinuxProcesses(since?: string): ProcessTable {
  const entries = new Map<number, ProcessEntry>();
  const now = performance.now();
  const seen = new Map<number, Known>();
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 0x31 || first > 0x39) continue;
    const pid = Number(name);
    const earlier = recall(pid, now);
    if (earlier && isBefore(earlier.started, since)) {
      seen.set(pid, earlier);
      continue;
    }
    // Before its start time: should another one take the pid in between, the next look finds it changed.
    const inode = earlier?.inode ?? inodeOf(pid);
    const entry = inode === undefined ? undefined : readEntry(pid);
    if (inode === undefined || !entry) continue;
    const { started } = entry;
    seen.set(
      pid,
      earlier?.started === started ? earlier : { inode, started, firstSeenAt: now, checkedAt: now },
    );
    if (!isBefore(started, since)) entries.set(pid, entry);
  }
  memory = seen;
  return {
    entries,
    isMarked({ pid }, marker) {
      const { marker: own, limits } = marksOf(pid, seen.get(pid));
      if (isBelow(own, marker)) return true;
      return limits.some((limit) => isLimitBelow(limit, marker)) && isOurs(pid);
    },
  };
}

/** What is remembered of a pid, if it still is the same process. */
function recall(pid: number, now: number): Known | undefined {
  const known = memory.get(pid);
  if (!known || now < known.checkedAt + MOMENT_MS) return known;
  if (inodeOf(pid) !== known.inode) return undefined;
  known.checkedAt = now;
  return known;
}

const isBefore = (started: string, since: string | undefined) =>
  since !== undefined && Number(started) < Number(since);

function inodeOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.ino;
  } catch {
    return undefined;
  }
}

function marksOf(pid: number, known: Known | undefined): Marks {
  if (known?.marks) return known.marks;
  const marks = { marker: readMarker(pid), limits: readLimits(pid) };
  if (known && performance.now() > known.firstSeenAt + SETTLED_MS) known.marks = marks;
  return marks;
}

function readLimits(pid: number): readonly bigint[] {
  const length = readInto(`/proc/${pid}/limits`, 0);
  return parseLimits(scratch.toString('latin1', 0, length));
}

/** Limits are shown of everybody's processes; another user's (sudo) are not ours to end. */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
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
