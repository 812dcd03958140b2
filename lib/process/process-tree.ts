import type { ProcessEntry, ProcessTable } from './process-entry.js';
import { ownLine } from './process-table.js';

/** A process by pid and start time. */
export type ProcessId = Pick<ProcessEntry, 'pid' | 'started'>;

/** What tells a tree: known processes, alive or not, and the marker that its processes carry. */
export interface TreeMark {
  readonly known: readonly ProcessId[];
  /** By whole parts: `a/b` stands for `a/b` and all `a/b/…`, not for `a/bc`. */
  readonly marker?: string;
  /** Nothing that started earlier belongs to it: saves looking at most processes. */
  readonly notBefore?: string;
}

/**
 * All living processes of a tree: the known and the marked ones, everything below them, and everything in a session or
 * group that one of them leads or led. Never this process or one above it.
 */
export function findTree(table: ProcessTable, mark: TreeMark): ProcessEntry[] {
  const spared = ownLine(table);
  const members = new Map<number, ProcessEntry>();
  const groups = new Set<number>();
  for (const { pid, started } of mark.known) {
    const entry = table.entries.get(pid);
    // A later process with that pid leads a group of its own.
    if (entry && entry.started !== started) continue;
    groups.add(pid);
    if (entry) members.set(pid, entry);
  }
  const marker = mark.marker;
  if (marker !== undefined) {
    for (const entry of table.entries.values()) {
      if (members.has(entry.pid) || isOlder(entry, mark.notBefore)) continue;
      if (table.isMarked(entry, marker)) members.set(entry.pid, entry);
    }
  }
  if (members.size === 0 && groups.size === 0) return [];
  for (const pid of spared) members.delete(pid);
  for (let grown = true; grown;) {
    grown = false;
    for (const entry of table.entries.values()) {
      if (members.has(entry.pid) || spared.has(entry.pid)) continue;
      if (!members.has(entry.parent) && !isLed(entry, groups, members)) continue;
      members.set(entry.pid, entry);
      grown = true;
    }
  }
  return [...members.values()];
}

function isLed(
  entry: ProcessEntry,
  groups: ReadonlySet<number>,
  members: ReadonlyMap<number, ProcessEntry>,
): boolean {
  const { session, group } = entry;
  if (groups.has(session) || groups.has(group)) return true;
  // Only what a member leads: a member may itself sit in a group that is not ours.
  return members.get(session)?.session === session || members.get(group)?.group === group;
}

function isOlder(entry: ProcessEntry, notBefore: string | undefined): boolean {
  return notBefore !== undefined && Number(entry.started) < Number(notBefore);
}
