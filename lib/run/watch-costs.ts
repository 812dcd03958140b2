import { mustBeTold } from '../engine/budget.js';
import type { RunState } from '../engine/state.js';
import type { EventDraft } from '../model/event.js';
import type { AgentRun } from '../model/intent.js';

/** Tells the run what a call has cost so far where the cost limit wants to know; see {@link mustBeTold}. */
export const watchCosts =
  (state: RunState, tell: (events: readonly EventDraft[]) => void) =>
  ({ attempt, round }: AgentRun, microUsd: number): void => {
    if (mustBeTold(state, attempt, microUsd))
      tell([{ type: 'budget.passed', attempt, round, microUsd }]);
  };
