import type { TicketId } from './ids.js';
import type { ItemList } from './items-schema.js';
import type { TicketState } from './ticket.js';

/** Something that a workflow tool may work on: an issue, a design. */
export interface Item {
  /** `issue-42`, `lld-42`: made of a word of ours and a number, so that it is safe wherever it is used. */
  readonly id: TicketId;
  readonly issue: number;
  /** One line; foreign text. */
  readonly title: string;
  /** What is wanted; foreign text. */
  readonly text: string;
  /** Where it was found: a path relative to the checkout, or an address. */
  readonly source: string;
  /** The file that work on it must leave, relative to the checkout. */
  readonly output?: string;
  /** Why nothing is left to do, as the repository says. Absent: it is to be worked on, unless its state says otherwise. */
  readonly done?: string;
}

export type ItemState = ItemList['items'][number]['state'];

const STATES: Readonly<Record<TicketState, ItemState>> = {
  UNPROCESSED: 'pending',
  IN_PROGRESS: 'running',
  COMPLETED: 'completed',
  DEFERRED: 'failed',
};

/** What a state of an index means for an item. */
export const itemStateOf = (state: TicketState): ItemState => STATES[state];

/** What is said where no item is pending; the dry run says of each one why. */
export const nothingToProcess = ({ length }: ItemList['items']): string =>
  `Nothing to process${length === 0 ? '' : `: ${length} found, none of them is pending`}.`;
