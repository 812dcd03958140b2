import type { Item } from '../model/item.js';
import type { Preset } from './preset.js';

type Entry = Readonly<Record<string, unknown>>;

/**
 * The text of a tool's index with what was found now: what is new is added, unless it is done; of what is there state
 * and everything that somebody wrote beside our fields stay. What was found done is COMPLETED from now on.
 */
export function mergeIndex(
  before: string | Error,
  items: readonly Item[],
  ticketOf: Preset['ticketOf'],
): string {
  const was = typeof before === 'string' ? (JSON.parse(before) as { tickets?: unknown }) : {};
  const entries = new Map(entriesOf(was.tickets).map((entry) => [entry['id'], entry]));
  for (const item of items) {
    const known = entries.get(item.id);
    if (!known && item.done !== undefined) continue;
    entries.set(item.id, entryOf(item, known, ticketOf));
  }
  return `${JSON.stringify({ ...was, tickets: [...entries.values()] }, null, 2)}\n`;
}

function entryOf(item: Item, known: Entry | undefined, ticketOf: Preset['ticketOf']): Entry {
  const { id, issue, title, source, output, done } = item;
  const state = known?.['state'] ?? 'UNPROCESSED';
  return {
    ...known,
    id,
    title,
    state: done === undefined || state === 'IN_PROGRESS' ? state : 'COMPLETED',
    issue,
    source,
    ...(output === undefined ? {} : { output }),
    ...ticketOf(item),
  };
}

/** Also of an index that maps ids to tickets. */
function entriesOf(tickets: unknown): readonly Entry[] {
  if (Array.isArray(tickets)) return tickets as Entry[];
  const map = (tickets ?? {}) as Readonly<Record<string, Entry>>;
  return Object.entries(map).map(([id, entry]) => ({ id, ...entry }));
}
