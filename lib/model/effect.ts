import type { EventDraft } from './event.js';
import type { IntentKind, IntentOf } from './intent.js';

/**
 * The code behind one kind of intent. Both end with the events that close the intent; an event without `closes`
 * may come before. Expected trouble is told by an event; a throw is a bug or a broken world and is answered by
 * `reconcile`, as after a crash.
 */
export interface Effect<Kind extends IntentKind> {
  readonly perform: Perform<Kind>;
  /** Asks the world what became of it and finishes it: idempotent, never doubles an effect. */
  readonly reconcile: Perform<Kind>;
}

type Perform<Kind extends IntentKind> = (
  intent: IntentOf<Kind>,
  cancel: AbortSignal,
) => Promise<readonly EventDraft[]>;

/** A new kind of intent without its recovery does not compile. */
export type Effects = { readonly [Kind in IntentKind]: Effect<Kind> };
