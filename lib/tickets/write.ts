import { ticketId, type TicketId } from '../model/ids.js';
import type { TicketChange } from '../model/ticket.js';
import { changeTicketText } from './change-ticket.js';
import { readEntries, type Entry } from './entries.js';
import { readHabits } from './habits.js';

/** An index text after an edit. */
export interface EditedIndex {
  readonly text: string;
  /** Tickets whose text differs now, in the order of the index. */
  readonly touched: readonly TicketId[];
  /** Tickets that have no place of their own in the index, so nothing was written for them. */
  readonly missing: readonly TicketId[];
  /** What somebody may want to know, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Writes ticket changes into the text of an index, in their order. Pure. Only the touched tickets' own lines change,
 * in the style of the text; a change that is already there changes nothing, so doing it again after a crash is safe.
 * Touches `state`, `updated`, `state_history`, `defer_reason` and `git`, and adds no field the index has no use for.
 */
export function editIndexText(text: string, changes: readonly TicketChange[]): EditedIndex {
  const entries = readEntries(text);
  const habits = readHabits(text, entries);
  const places = uniquePlaces(entries);
  const edited = new Map<Entry, string>();
  const missing = new Set<TicketId>();
  const notes: string[] = [];
  for (const change of changes) {
    const entry = places.get(change.ticket);
    if (entry === undefined) {
      missing.add(change.ticket);
      notes.push(
        places.has(change.ticket)
          ? `${change.ticket} stands twice in the index; nothing was written for it.`
          : `${change.ticket} is not in the index any more; nothing was written for it.`,
      );
      continue;
    }
    const before = edited.get(entry) ?? text.slice(entry.node.start, entry.node.end);
    edited.set(entry, changeTicketText(before, change, habits, notes));
  }
  return { ...assemble(text, edited), missing: [...missing], notes: [...new Set(notes)] };
}

/** Where each id stands; an id that stands twice has no place of its own. */
function uniquePlaces(entries: readonly Entry[]): ReadonlyMap<string, Entry | undefined> {
  const places = new Map<string, Entry | undefined>();
  for (const entry of entries) places.set(entry.id, places.has(entry.id) ? undefined : entry);
  return places;
}

function assemble(text: string, edited: ReadonlyMap<Entry, string>) {
  const inOrder = [...edited].sort(([one], [other]) => one.node.start - other.node.start);
  const touched: TicketId[] = [];
  const parts: string[] = [];
  let done = 0;
  for (const [{ id, node }, replacement] of inOrder) {
    if (replacement === text.slice(node.start, node.end)) continue;
    touched.push(ticketId(id));
    parts.push(text.slice(done, node.start), replacement);
    done = node.end;
  }
  return { text: parts.join('') + text.slice(done), touched };
}
