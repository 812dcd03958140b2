import type { Settings } from '../config/read.js';
import type { Repository } from '../git/places.js';
import type { Backlog } from '../model/backlog.js';
import type { Failure } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { Item } from '../model/item.js';

/** The places in which a tool looks for what there is to do. */
export interface ItemPlace {
  readonly repository: Repository;
  readonly settings: Settings;
  /** What counts as done already is what this commit holds. */
  readonly base: Oid;
  readonly variables: Readonly<Record<string, string>>;
}

/** What was found: items in their order, or every fault of the places that were looked in. */
export type FoundItems =
  | { readonly items: readonly Item[]; readonly faults?: undefined }
  | { readonly faults: readonly Failure[] };

/** A workflow tool, as far as it is one of its own: all else is the one engine. Its design: docs/workflow-tools.md. */
export interface Preset {
  readonly backlog: Exclude<Backlog, 'tickets'>;
  /** Only looks. */
  readonly collect: (place: ItemPlace) => Promise<FoundItems>;
  /** What an item says as a ticket, in the fields of an index: `type`, `description`, … */
  readonly ticketOf: (item: Item) => Readonly<Record<string, unknown>>;
}
