import type { Failure } from '../model/failure.js';
import { isSpending } from './agent-failure.js';
import type { RunState } from './state.js';

/**
 * What the run ends with: the highest that applies of 130 cancelled, 4 budget or credentials exhausted with work left, 2 red base,
 * 1 some tickets did not land (blocked ones did not either), 0. A drain that was asked for and left tickets untouched is 0.
 */
export function exitCodeOf(state: RunState): number {
  if (state.stop?.mode === 'cancel') return 130;
  if (isUsedUp(state.stop?.failure)) return 4;
  if (state.baseCheck === 'red') return state.baseVerdict ? 2 : 1;
  const didNotLand = [...state.tickets.values()].some(
    ({ phase, failure }) =>
      phase === 'deferred' || (phase === 'released' && (failure !== undefined || !state.stop)),
  );
  if (didNotLand || state.blocked.length > 0 || state.stop?.failure || state.bookkeepingFailure)
    return 1;
  return state.projection.unwritten.length > 0 ? 1 : 0;
}

const isUsedUp = (failure: Failure | undefined) =>
  failure !== undefined &&
  (failure.code === 'budget/reached' || failure.code === 'agent/no-key' || isSpending(failure));
