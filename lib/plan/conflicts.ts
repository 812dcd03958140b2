import { at } from '../graph/dag.js';
import type { TicketId } from '../model/ids.js';
import type { Ticket } from '../model/ticket.js';

/** What tickets have in common; each is named by its place in the list that was given. */
export interface Conflicts {
  /**
   * What a ticket holds while it is under way, as far as another one does, too: its declared files, and for a declared
   * folder (`src/api/`) every declared path below. Two tickets conflict exactly when they hold an equal entry.
   */
  holdsOf(index: number): readonly string[];
  /** The same as numbers, one for each such file, from 0. */
  keysOf(index: number): readonly number[];
  /** The others that hold something of it, in the order given; at most {@link CONFLICT_LIMIT}. */
  conflictsOf(index: number): readonly TicketId[];
  /** Files of which more tickets than that declare one, so that lists of conflicts were cut. */
  readonly crowded: readonly string[];
}

/** So many conflicts are listed for one ticket; a file of thousands would make millions of pairs. */
export const CONFLICT_LIMIT = 200;

/** Finds declared files in common, through a number for each file: no pair is looked at that shares nothing. */
export function findConflicts(tickets: readonly Ticket[]): Conflicts {
  const { names, membersOf } = sharedFiles(tickets.map(({ files }) => normalised(files)));
  const keys = tickets.map((): number[] => NO_KEYS);
  for (const [key, members] of membersOf.entries()) {
    for (const member of members) {
      if (keys[member] === NO_KEYS) keys[member] = [key];
      else keys[member]?.push(key);
    }
  }
  const keysOf = (index: number): readonly number[] => keys[index] ?? NO_KEYS;
  /** By ticket: the number of the search that found it last. */
  const foundIn = new Int32Array(tickets.length);
  let search = 0;
  return {
    keysOf,
    holdsOf(index) {
      const own = keysOf(index);
      return own.length === 0 ? NO_FILES : own.map((key) => names[key] as string);
    },
    conflictsOf(index) {
      const own = keysOf(index);
      if (own.length === 0) return NOBODY;
      const found: number[] = [];
      search += 1;
      for (const key of own) {
        for (const other of membersOf[key] ?? NO_KEYS) {
          if (found.length >= CONFLICT_LIMIT) break;
          if (other === index || foundIn[other] === search) continue;
          foundIn[other] = search;
          found.push(other);
        }
      }
      return found
        .sort((left, right) => left - right)
        .map((other) => (tickets[other] as Ticket).id);
    },
    crowded: names.filter((_, key) => (membersOf[key]?.length ?? 0) > CONFLICT_LIMIT),
  };
}

/** Most tickets share nothing; they need no list of their own. */
const NO_KEYS: number[] = [];
const NO_FILES: readonly string[] = [];
const NOBODY: readonly TicketId[] = [];

/** The files that more than one ticket holds, in the order in which they are first named, and by whom, ascending. */
function sharedFiles(declared: readonly (readonly string[])[]) {
  const below = pathsBelow(declared);
  const numbers = new Map<string, number>();
  const lastHolder: number[] = [];
  const counts: number[] = [];
  const held: { readonly file: number[]; readonly by: number[] } = { file: [], by: [] };
  const hold = (path: string, index: number) => {
    let file = numbers.get(path);
    if (file === undefined) {
      file = numbers.size;
      numbers.set(path, file);
      lastHolder.push(-1);
      counts.push(0);
    }
    if (lastHolder[file] === index) return;
    lastHolder[file] = index;
    counts[file] = at(counts, file) + 1;
    held.file.push(file);
    held.by.push(index);
  };
  for (const [index, files] of declared.entries()) {
    for (const file of files) hold(file, index);
    if (below.size === 0) continue;
    for (const file of files) for (const path of below.get(file) ?? []) hold(path, index);
  }
  const names: string[] = [];
  const keyOf = new Int32Array(numbers.size).fill(-1);
  for (const [path, file] of numbers) {
    if (at(counts, file) < 2) continue;
    keyOf[file] = names.length;
    names.push(path);
  }
  const membersOf = names.map((): number[] => []);
  for (const [entry, file] of held.file.entries()) {
    membersOf[at(keyOf, file)]?.push(at(held.by, entry));
  }
  return { names, membersOf };
}

/** The files in one spelling; the list itself where they have it already. */
function normalised(files: readonly string[]): readonly string[] {
  const own = files.map(normalise);
  return own.every((file, index) => file === files[index]) ? files : own;
}

/** `./src//a.ts` → `src/a.ts`; the slash at the end of a folder stays. */
function normalise(path: string): string {
  const trimmed = path.trim();
  if (!/\\|\/\/|^\.\//.test(trimmed)) return trimmed;
  return trimmed
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .replace(/^(\.\/)+/, '');
}

/** Declared paths below each declared folder. */
function pathsBelow(declared: readonly (readonly string[])[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const files of declared) {
    for (const path of files) if (path.endsWith('/')) found.set(path, new Set());
  }
  if (found.size === 0) return found;
  for (const path of declared.flat()) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end + 1);
      if (folder !== path) found.get(folder)?.add(path);
    }
  }
  return found;
}
