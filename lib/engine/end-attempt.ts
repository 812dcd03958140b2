import type { EventDraft, EventOf } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { AttemptRun } from './state.js';

/** The end of an attempt: its lane and its key are free again. */
export const endAttempt = (
  { ticket, address }: AttemptRun,
  result: EventOf<'attempt.finished'>['result'],
  failure?: Failure,
): EventDraft => ({
  type: 'attempt.finished',
  ticket,
  attempt: address,
  result,
  ...(failure ? { failure } : {}),
});
