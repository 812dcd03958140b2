import type { Failure } from './failure.js';
import type { AttemptAddress, TicketId } from './ids.js';

/** Percentages of the cost limit that are worth a word. */
export const budgetMarks = [80, 95] as const;
export type BudgetMark = (typeof budgetMarks)[number];

/** Facts about the cost limit. */
export type BudgetEvent =
  /** So much of the cost limit is used: told once for each percentage. */
  | {
      readonly type: 'budget.warned';
      readonly percent: BudgetMark;
      readonly usedMicroUsd: number;
      readonly limitMicroUsd: number;
    }
  /** What a call under way has cost so far; told where that is more than is held for it, or brings a warning. */
  | {
      readonly type: 'budget.passed';
      readonly attempt: AttemptAddress;
      readonly round: number;
      readonly microUsd: number;
    }
  /** From now on so much is held for that call. */
  | {
      readonly type: 'budget.raised';
      readonly attempt: AttemptAddress;
      readonly reserved: number;
    }
  /** Nothing is left for that call to go on with: its agent is ended, its work kept, its ticket given back. */
  | {
      readonly type: 'budget.exceeded';
      readonly ticket: TicketId;
      readonly attempt: AttemptAddress;
      readonly failure: Failure;
    };
