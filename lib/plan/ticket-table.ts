import type { TicketId } from '../model/ids.js';
import type { Ticket } from '../model/ticket.js';

/**
 * The tickets of an index, numbered: the one place where an id is looked up. Of two tickets with one id the first
 * counts.
 */
export class TicketTable {
  /** Each id once, in index order; a ticket's number is its place in here. */
  readonly list: readonly Ticket[];
  /** By number: the place in the index, which differs where one id stands twice. */
  readonly positions: Int32Array;
  /** Ids of the tickets that do not count, in index order. */
  readonly duplicates: readonly TicketId[];
  readonly #numbers = new Map<TicketId, number>();

  constructor(index: readonly Ticket[]) {
    const list: Ticket[] = [];
    const duplicates: TicketId[] = [];
    this.positions = new Int32Array(index.length);
    for (const [position, ticket] of index.entries()) {
      if (this.#numbers.has(ticket.id)) {
        duplicates.push(ticket.id);
        continue;
      }
      this.positions[list.length] = position;
      this.#numbers.set(ticket.id, list.length);
      list.push(ticket);
    }
    this.list = list;
    this.duplicates = duplicates;
  }

  numberOf(id: TicketId): number | undefined {
    return this.#numbers.get(id);
  }

  get(id: TicketId): Ticket | undefined {
    const number = this.#numbers.get(id);
    return number === undefined ? undefined : this.list[number];
  }

  has(id: TicketId): boolean {
    return this.#numbers.has(id);
  }
}
