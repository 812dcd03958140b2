import type { AttemptFact } from './attempt-facts.js';
import type { BudgetEvent } from './budget-event.js';
import type { CredentialFact } from './credential-facts.js';
import type { Intent } from './intent.js';
import type { LandingFact } from './landing-facts.js';
import type { RunFact } from './run-facts.js';

/** Facts, in the order they became true. Names are noun.past-tense; see ARCHITECTURE.md for the life of a ticket. */
export type EventBody = RunFact | AttemptFact | BudgetEvent | CredentialFact | LandingFact;

export type EventType = EventBody['type'];

/** What `decide` and the effects produce; the journal adds seq and at. */
export type EventDraft = EventBody & {
  readonly opens?: Intent;
  /** Key of the intent whose end this event tells. */
  readonly closes?: string;
};

/** A line of the journal. Internal: may change with the version; see PublicEvent for the stable form. */
export type RunEvent = EventDraft & {
  readonly v: 2;
  readonly seq: number;
  /** ISO 8601 with milliseconds, UTC. */
  readonly at: string;
};

export type EventOf<Type extends EventType> = Extract<EventBody, { readonly type: Type }>;
