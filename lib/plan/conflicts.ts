import type { TicketId } from '../model/ids.js';
import type { Ticket } from '../model/ticket.js';

export interface Conflicts {
  /**
   * What a ticket holds while it is under way: its declared files, and for a declared folder (`src/api/`) every
   * declared path below. Two tickets conflict exactly when they hold an equal entry.
   */
  holdsOf(id: TicketId): readonly string[];
  /** The others that hold something of it, in the order given; at most {@link CONFLICT_LIMIT}. */
  conflictsOf(id: TicketId): readonly TicketId[];
  /** Files of which more tickets than that declare one, so that lists of conflicts were cut. */
  readonly crowded: readonly string[];
}

/** So many conflicts are listed for one ticket; a file of thousands would make millions of pairs. */
export const CONFLICT_LIMIT = 200;

/** Finds declared files in common, through a map from file to tickets: no pair is looked at that shares nothing. */
export function findConflicts(tickets: readonly Ticket[]): Conflicts {
  const declared = new Map(tickets.map((ticket) => [ticket.id, ticket.files.map(normalise)]));
  const below = pathsBelow(new Set([...declared.values()].flat()));
  const holds = new Map<TicketId, readonly string[]>();
  const holders = new Map<string, TicketId[]>();
  for (const [id, files] of declared) {
    const held = [...new Set(files.flatMap((file) => [file, ...(below.get(file) ?? [])]))];
    holds.set(id, held);
    for (const file of held) {
      const known = holders.get(file);
      if (known === undefined) holders.set(file, [id]);
      else known.push(id);
    }
  }
  const position = new Map(tickets.map(({ id }, index) => [id, index]));
  const place = (id: TicketId) => position.get(id) ?? 0;
  return {
    holdsOf: (id) => holds.get(id) ?? [],
    conflictsOf(id) {
      const found = new Set<TicketId>();
      for (const file of holds.get(id) ?? []) {
        for (const other of holders.get(file) ?? []) {
          if (found.size >= CONFLICT_LIMIT) break;
          if (other !== id) found.add(other);
        }
      }
      return [...found].sort((left, right) => place(left) - place(right));
    },
    crowded: [...holders].filter(([, ids]) => ids.length > CONFLICT_LIMIT).map(([file]) => file),
  };
}

/** `./src//a.ts` → `src/a.ts`; the slash at the end of a folder stays. */
function normalise(path: string): string {
  return path
    .trim()
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .replace(/^(\.\/)+/, '');
}

/** Declared paths below each declared folder. */
function pathsBelow(paths: ReadonlySet<string>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of paths) if (path.endsWith('/')) found.set(path, []);
  if (found.size === 0) return found;
  for (const path of paths) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end + 1);
      if (folder !== path) found.get(folder)?.push(path);
    }
  }
  return found;
}
