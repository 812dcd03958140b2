import type { Oid, TicketId } from './ids.js';

/** Where a run asks its human: before each ticket and each landing, or before the first ticket of each component. */
export type Confirm = 'ticket' | 'component';

/** What a run asks before it goes on; at most one question is open at a time. */
export type Question = StartQuestion | LandQuestion;

/** May it be begun? */
export interface StartQuestion {
  readonly about: 'start';
  readonly ticket: TicketId;
  /** Asked for the whole component, of which `ticket` would be the first. */
  readonly component?: string;
  /** Why it is next. */
  readonly reason: string;
}

/** May exactly this commit land? It is built and, where there are checks, green. */
export interface LandQuestion {
  readonly about: 'land';
  readonly ticket: TicketId;
  readonly commit: Oid;
  /** What it would land on. */
  readonly onto: Oid;
}

export type Answer =
  | { readonly kind: 'go' }
  /** land: to the agent again, with this note. */
  | { readonly kind: 'send-back'; readonly note: string }
  /** The ticket is DEFERRED, with the note as its reason; its work is kept. A component is left out of the run. */
  | { readonly kind: 'defer'; readonly note?: string }
  /** Nothing more begins or lands; the run ends. */
  | { readonly kind: 'stop' };

/** Longest note in characters: what is longer belongs into the ticket. */
export const NOTE_LIMIT = 20_000;
