import type { TicketId } from '../model/ids.js';
import type { Ticket } from '../model/ticket.js';

/** What tickets have in common; each is named by its place in the list that was given. */
export interface Conflicts {
  /**
   * What a ticket holds while it is under way, as far as another one does, too: its declared files, and for a declared
   * folder (`src/api/`) every declared path below. Two tickets conflict exactly when they hold an equal entry.
   */
  holdsOf(index: number): readonly string[];
  /** The others that hold something of it, in the order given; at most {@link CONFLICT_LIMIT}. */
  conflictsOf(index: number): readonly TicketId[];
  /** Files of which more tickets than that declare one, so that lists of conflicts were cut. */
  readonly crowded: readonly string[];
}

/** So many conflicts are listed for one ticket; a file of thousands would make millions of pairs. */
export const CONFLICT_LIMIT = 200;

/** Finds declared files in common, through a map from file to tickets: no pair is looked at that shares nothing. */
export function findConflicts(tickets: readonly Ticket[]): Conflicts {
  const declared = tickets.map(({ files }) => files.map(normalise));
  const below = pathsBelow(declared);
  const holders = new Map<string, number | number[]>();
  for (const [index, files] of declared.entries()) {
    for (const file of files) hold(holders, file, index);
    if (below.size === 0) continue;
    for (const file of files) for (const path of below.get(file) ?? []) hold(holders, path, index);
  }
  const holds = tickets.map((): string[] => NOTHING);
  const shared = new Map<string, readonly number[]>();
  const crowded: string[] = [];
  for (const [file, members] of holders) {
    if (typeof members === 'number') continue;
    shared.set(file, members);
    if (members.length > CONFLICT_LIMIT) crowded.push(file);
    for (const member of members) {
      if (holds[member] === NOTHING) holds[member] = [file];
      else holds[member]?.push(file);
    }
  }
  return {
    holdsOf: (index) => holds[index] ?? NOTHING,
    conflictsOf(index) {
      const own = holds[index] ?? NOTHING;
      if (own.length === 0) return [];
      const found = new Set<number>();
      for (const file of own) {
        for (const other of shared.get(file) ?? []) {
          if (found.size >= CONFLICT_LIMIT) break;
          if (other !== index) found.add(other);
        }
      }
      return [...found]
        .sort((left, right) => left - right)
        .map((other) => (tickets[other] as Ticket).id);
    },
    crowded,
  };
}

/** Most tickets share nothing; they need no list of their own. */
const NOTHING: string[] = [];

/**
 * Adds a holder; most files have only one, which needs no list. Holders of one file come in ascending order, so a
 * second time shows at the end.
 */
function hold(holders: Map<string, number | number[]>, file: string, index: number) {
  const known = holders.get(file);
  if (known === undefined) holders.set(file, index);
  else if (typeof known === 'number') {
    if (known !== index) holders.set(file, [known, index]);
  } else if (known.at(-1) !== index) known.push(index);
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
