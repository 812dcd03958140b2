import type { BudgetEvent } from '../model/budget-event.js';
import type { AttemptRun, RunState } from './state.js';

/** Events about the cost limit. What a call under way has told counts as spent only once the call has ended. */
export function applyToBudget(state: RunState, event: BudgetEvent): void {
  if (event.type === 'budget.warned') {
    state.warned = event.percent;
    return;
  }
  const attempt = state.active.get(event.attempt);
  if (attempt?.step !== 'working') return;
  switch (event.type) {
    case 'budget.passed':
      // What an earlier call of it said last may come late.
      if (event.round === attempt.round)
        attempt.running = Math.max(attempt.running ?? 0, event.microUsd);
      return;
    case 'budget.raised':
      attempt.reserved = event.reserved;
      return;
    case 'budget.exceeded':
      attempt.overspent = event.failure;
  }
}

/**
 * A call has ended: what it cost is spent, and nothing is held for it any more. One that came to its end before it was
 * stopped is judged by its work.
 */
export function letGo(attempt: AttemptRun): void {
  delete attempt.reserved;
  delete attempt.running;
  if (attempt.outcome?.end.kind !== 'cancelled') delete attempt.overspent;
}
