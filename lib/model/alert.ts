import type { TicketId } from './ids.js';

/** What a person may want to be called for. */
export const alertKinds = ['waiting', 'deferred', 'budget', 'end'] as const;

/** Something that a human should know of now, wherever they are. */
export interface Alert {
  readonly kind: (typeof alertKinds)[number];
  readonly ticket?: TicketId;
  /** One sentence. */
  readonly message: string;
  /** The one command to go on with, where there is one. */
  readonly command?: string;
}
