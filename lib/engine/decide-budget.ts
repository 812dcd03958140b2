import type { EventDraft } from '../model/event.js';
import { heldBy, leftFor, markOf, markSaid, outOfMoney, usd, usedOf } from './budget.js';
import type { AttemptRun, RunState } from './state.js';

/** What the cost limit makes of what calls under way have told: a warning, more for one of them, or its end. */
export function decideBudget(state: RunState): EventDraft | undefined {
  const limit = state.options.maxCostMicroUsd;
  if (limit === undefined || state.stop?.mode === 'cancel') return undefined;
  const used = usedOf(state);
  const percent = markOf(used, limit);
  if (percent !== 0 && percent > markSaid(state))
    return { type: 'budget.warned', percent, usedMicroUsd: used, limitMicroUsd: limit };
  for (const attempt of state.active.values()) {
    if (isPast(attempt)) return answer(state, attempt, limit);
  }
  return undefined;
}

const isPast = ({ step, overspent, reserved = 0, running = 0 }: AttemptRun) =>
  step === 'working' && !overspent && running > reserved;

/** As much again as it has used, where that is left: few steps, however small the first estimate was. */
function answer(state: RunState, attempt: AttemptRun, limit: number): EventDraft {
  const { address, ticket } = attempt;
  const used = heldBy(attempt);
  const left = leftFor(state, limit, address);
  if (left > used)
    return { type: 'budget.raised', attempt: address, reserved: Math.min(2 * used, left) };
  return {
    type: 'budget.exceeded',
    ticket,
    attempt: address,
    failure: {
      code: 'budget/reached',
      message: `its agent was stopped by the cost limit: it had used ${usd(used)} USD, and nothing of the ${usd(limit)} USD was left for more`,
      hint: 'raise limits.maxCostUsd or --max-cost and start again; its work is kept',
    },
  };
}

/** A run that had to give a ticket back for its cost ends as one whose limit is reached, also with no other to start. */
export function decideOverspent(state: RunState): EventDraft | undefined {
  const limit = state.options.maxCostMicroUsd;
  if (limit === undefined || state.stop) return undefined;
  const isAny = [...state.tickets.values()].some(
    ({ phase, unaffordable }) => phase === 'released' && unaffordable !== undefined,
  );
  if (!isAny) return undefined;
  const failure = outOfMoney(state, limit);
  return { type: 'run.stop-requested', mode: 'drain', by: 'budget', failure };
}
