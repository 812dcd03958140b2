import type { Priority, TicketState } from '../model/ticket.js';

/** What a word in an index means to us; `isExact`: it is spelled as the format wants it. */
export interface Meaning<Value> {
  readonly value: Value;
  readonly isExact: boolean;
}

const STATES: Readonly<Record<string, TicketState>> = {
  UNPROCESSED: 'UNPROCESSED',
  TODO: 'UNPROCESSED',
  PENDING: 'UNPROCESSED',
  IN_PROGRESS: 'IN_PROGRESS',
  WORKING: 'IN_PROGRESS',
  ACTIVE: 'IN_PROGRESS',
  // Upstream produces it, its validator refuses it; somebody has to look at the rest by hand.
  PARTIALLY_COMPLETED: 'IN_PROGRESS',
  COMPLETED: 'COMPLETED',
  DONE: 'COMPLETED',
  FINISHED: 'COMPLETED',
  DEFERRED: 'DEFERRED',
  SKIPPED: 'DEFERRED',
  POSTPONED: 'DEFERRED',
  FAILED: 'DEFERRED',
};
const EXACT_STATES = exact<TicketState>({
  UNPROCESSED: 'UNPROCESSED',
  IN_PROGRESS: 'IN_PROGRESS',
  COMPLETED: 'COMPLETED',
  DEFERRED: 'DEFERRED',
});

/** Reads a state in any spelling seen in the wild; nothing for a word that is none. */
export function stateOf(text: string): Meaning<TicketState> | undefined {
  const meant = EXACT_STATES.get(text);
  if (meant !== undefined) return meant;
  const word = text
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
  const value = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  return value && { value, isExact: false };
}

const PRIORITIES: Readonly<Record<string, Priority>> = {
  P0: 0,
  CRITICAL: 0,
  URGENT: 0,
  P1: 1,
  HIGH: 1,
  P2: 2,
  MEDIUM: 2,
  NORMAL: 2,
  P3: 3,
  LOW: 3,
  P4: 4,
};

const EXACT_PRIORITIES = exact<Priority>({ P0: 0, P1: 1, P2: 2, P3: 3, P4: 4 });

/** Reads a priority (`P0`…`P4`, `CRITICAL`, `high`, …); nothing for a word that is none. */
export function priorityOf(text: string): Meaning<Priority> | undefined {
  const meant = EXACT_PRIORITIES.get(text);
  if (meant !== undefined) return meant;
  const word = text.trim().toUpperCase();
  const value = Object.hasOwn(PRIORITIES, word) ? PRIORITIES[word] : undefined;
  return value === undefined ? undefined : { value, isExact: false };
}

/** The priority of a ticket that names none, or one nobody knows. */
export const DEFAULT_PRIORITY: Priority = 2;

/** Words that are spelled as the format wants them, which nearly all are. */
function exact<Value>(words: Readonly<Record<string, Value>>): ReadonlyMap<string, Meaning<Value>> {
  return new Map(Object.entries(words).map(([word, value]) => [word, { value, isExact: true }]));
}
