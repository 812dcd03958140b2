import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { indexPathOf } from '../model/backlog.js';
import type { Failure } from '../model/failure.js';
import type { TicketId } from '../model/ids.js';
import { itemStateOf, type Item } from '../model/item.js';
import type { ItemList } from '../model/items-schema.js';
import type { Ticket } from '../model/ticket.js';
import { readIndexText, type ReadIndex } from '../tickets/read.js';
import { mergeIndex } from './merge-index.js';
import type { ItemPlace, Preset } from './preset.js';

/** What a tool has found, as a run wants it. */
export interface Collected {
  /** Its index as it is to be: states as the file has them, all else as it was found now. */
  readonly index: ReadIndex;
  /** The file says so already. */
  readonly isWritten: boolean;
  readonly items: ItemList['items'];
}

/** Looks at what there is to do and at what became of it so far; changes nothing. All faults at once. */
export async function collectItems(
  preset: Preset,
  place: ItemPlace,
): Promise<{ readonly collected?: Collected; readonly faults: readonly Failure[] }> {
  const file = join(place.repository.root, indexPathOf(preset.backlog));
  const [found, before] = await Promise.all([preset.collect(place), textOf(file)]);
  const faults = [...(found.faults ?? twins(found.items)), ...indexFaults(before, file)];
  if (found.faults || faults.length > 0) return { faults };
  const text = mergeIndex(before, found.items, preset.ticketOf);
  const index = readIndexText(text, file);
  const states = new Map(index.tickets.map((ticket) => [ticket.id, ticket]));
  const open = new Set<TicketId>(
    found.items.filter(({ done }) => done === undefined).map(({ id }) => id),
  );
  // What is in the index and was not found any more is nobody's work now.
  const tickets = index.tickets.filter(({ id, state }) => state === 'COMPLETED' || open.has(id));
  return {
    faults,
    collected: {
      index: { ...index, tickets },
      isWritten: text === before,
      items: found.items.map((item) => standing(item, states.get(item.id))),
    },
  };
}

/** Writes the index, for the owner of the repository alone. */
export async function writeCollected({ index, isWritten }: Collected): Promise<void> {
  if (isWritten) return;
  await mkdir(dirname(index.file), { recursive: true });
  await writeFileAtomic(index.file, index.text);
}

function standing(item: Item, ticket: Ticket | undefined): ItemList['items'][number] {
  const { id, issue, title, source, output, done } = item;
  const state = done === undefined ? itemStateOf(ticket?.state ?? 'UNPROCESSED') : 'completed';
  const why = done ?? whyNot(ticket, item);
  return {
    ...{ id, issue, title, state, source },
    ...(why === undefined ? {} : { why }),
    ...(output === undefined ? {} : { output }),
  };
}

function whyNot(ticket: Ticket | undefined, { id, output }: Item): string | undefined {
  switch (ticket?.state) {
    case 'COMPLETED':
      return output === undefined
        ? 'landed, and not in the base'
        : `landed, and ${output} is not in the base`;
    case 'DEFERRED':
      return `${ticket.deferReason ?? 'it failed'} → sage retry ${id}`;
    case 'IN_PROGRESS':
      return 'somebody works on it';
    default:
      return undefined;
  }
}

/** Items of one id: nobody could say which of them is meant. */
function twins(items: readonly Item[]): readonly Failure[] {
  const first = new Map<TicketId, Item>();
  return items.flatMap((item) => {
    const other = first.get(item.id);
    first.set(item.id, other ?? item);
    if (other === undefined) return [];
    return [
      {
        code: 'items/invalid' as const,
        message: `${other.source} and ${item.source} are both number ${item.issue}`,
        hint: 'give one of them another number, or remove it',
        where: { file: item.source },
      },
    ];
  });
}

/** Nothing where there is no index yet; what cannot be read is told by {@link indexFaults}. */
const textOf = (file: string) =>
  readFile(file, 'utf8').catch((error: unknown) => error as NodeJS.ErrnoException);

function indexFaults(before: string | NodeJS.ErrnoException, file: string): readonly Failure[] {
  if (typeof before !== 'string') {
    if (before.code === 'ENOENT') return [];
    const message = `${file} cannot be read: ${before.message}`;
    return [{ code: 'index/invalid', message, hint: 'Make it a readable file.', where: { file } }];
  }
  return readIndexText(before, file)
    .diagnostics.filter(({ severity }) => severity === 'critical')
    .map(({ message, hint, where }) => ({
      code: 'index/invalid',
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(where === undefined ? {} : { where }),
    }));
}
