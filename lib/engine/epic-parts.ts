import { epicLane, type LaneName, type TicketId } from '../model/ids.js';
import type { RunTicket } from '../model/run.js';

/**
 * The tickets of one epic within one batch (`isolation: epic`, decision X12). They are worked on one after another in
 * the epic's lane, each on the work of the one before, and land by one move or not at all.
 */
export interface EpicPart {
  readonly epic: string;
  readonly lane: LaneName;
  readonly tickets: readonly TicketId[];
  /** The same epic's tickets of earlier batches: they are over before this part begins. */
  readonly earlier: readonly TicketId[];
  /** Declared files, as {@link RunTicket.files}, and tickets that conflict with one of its own. */
  readonly clashes: ReadonlySet<string>;
}

/** The parts by ticket; empty unless the tickets have epics. */
export function partsOf(tickets: readonly RunTicket[]): ReadonlyMap<TicketId, EpicPart> {
  const epics = new Map<string, RunTicket[]>();
  for (const ticket of tickets) {
    const { epic } = ticket;
    if (epic !== undefined) epics.set(epic, [...(epics.get(epic) ?? []), ticket]);
  }
  const parts = new Map<TicketId, EpicPart>();
  for (const [place, [epic, own]] of [...epics].entries()) {
    const lane = epicLane(place + 1, epic);
    for (const batch of new Set(own.map((ticket) => ticket.batch))) {
      const members = own.filter((ticket) => ticket.batch === batch);
      const earlier = own.filter((ticket) => ticket.batch < batch).map(({ id }) => id);
      const names = members.flatMap(({ id, files = [], conflictsWith }) => [
        ...files.map((file) => `file ${file}`),
        ...[id, ...conflictsWith].map((other) => `ticket ${other}`),
      ]);
      const ids = members.map(({ id }) => id);
      const part = { epic, lane, tickets: ids, earlier, clashes: new Set(names) };
      for (const id of ids) parts.set(id, part);
    }
  }
  return parts;
}
