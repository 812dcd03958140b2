import { readEntries } from './entries.js';
import { readHabits } from './habits.js';
import { appendItem, editInner, objectIn, setMember } from './json-edit.js';
import { stringOf, valueOf } from './json-node.js';
import type { JsonValue } from './json-style.js';

/** A ticket that is new to an index. All of it is data: none of it is ever run. */
export interface NewTicket {
  readonly title: string;
  readonly description: string;
  readonly priority: string;
  /** The ticket whose agent found it. */
  readonly discoveredFrom: string;
  /** Where it was told; a ticket of the index that says the same is that ticket. */
  readonly report: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The index text with one more ticket, in its style, and the ticket's id; every other byte stays. Pure. */
export function addTicketText(
  text: string,
  ticket: NewTicket,
): { readonly text: string; readonly id: string; readonly wasThere: boolean } {
  const entries = readEntries(text);
  const there = entries.find(({ node }) => stringOf(valueOf(node, 'report')) === ticket.report);
  if (there) return { text, id: there.id, wasThere: true };
  const id = freshId(
    entries.map((entry) => entry.id),
    ticket.discoveredFrom,
  );
  const habits = readHabits(text, entries);
  const { at, title, description, priority, discoveredFrom, report } = ticket;
  const value: JsonValue = {
    ...{ id, title, state: 'UNPROCESSED', priority, type: 'task', description, dependencies: [] },
    ...{ discoveredFrom, report, created: at },
    ...(habits.hasUpdated ? { updated: at } : {}),
    ...(habits.hasHistory ? { state_history: [{ state: 'UNPROCESSED', timestamp: at }] } : {}),
  };
  const { isAscii } = habits;
  const list = valueOf(objectIn(text), 'tickets');
  if (list?.kind === 'object') {
    const added = editInner(text, 'tickets', (inner) =>
      setMember(inner, id, value, [], { isAscii }),
    );
    return { text: added, id, wasThere: false };
  }
  const style = { isAscii, isMultiLine: [true] };
  return { text: appendItem(text, 'tickets', value, style), id, wasThere: false };
}

/** `AUTH-014` for one found while `AUTH-003` was worked on: the next of its series, as wide; else `…-2` behind the id. */
function freshId(ids: readonly string[], from: string): string {
  const [, prefix = `${from}-`, digits = '1'] = /^(.*[-_.])(\d+)$/.exec(from) ?? [];
  const numbers = ids.flatMap((id) => {
    const isKin = id.toLowerCase().startsWith(prefix.toLowerCase());
    const rest = id.slice(prefix.length);
    return isKin && /^\d{1,12}$/.test(rest) ? [Number(rest)] : [];
  });
  const next = Math.max(1, ...numbers) + 1;
  return `${prefix}${String(next).padStart(digits.length, '0')}`;
}
