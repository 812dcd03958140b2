import type { Failure } from '../model/failure.js';
import { budgetMarks, type BudgetMark } from '../model/budget-event.js';
import type { EventOf } from '../model/event.js';
import type { AttemptAddress } from '../model/ids.js';
import type { CallEstimate } from '../model/run.js';
import type { AttemptRun, RunState } from './state.js';

/** The answer to an agent that is to be called: it may be, and so much is held for it. */
export interface Grant {
  readonly kind: 'granted';
  /** Micro-dollars. Absent: no limit, or nobody can say what it will cost. */
  readonly reserved?: number;
}

/** wait: what others hold may come free. refused: there is nothing to wait for. */
export type MoneyAnswer = Grant | 'wait' | { readonly kind: 'refused'; readonly failure: Failure };

const FREE: Grant = { kind: 'granted' };

/** What of the limit an attempt keeps from others: what is held for its call, and what that has cost beyond. */
export const heldBy = ({ reserved = 0, running = 0 }: AttemptRun): number =>
  Math.max(reserved, running);

/** What is neither spent nor held by an attempt other than this one; may be negative. Micro-dollars. */
export function leftFor(state: RunState, limit: number, own?: AttemptAddress): number {
  let left = limit - state.costMicroUsd;
  for (const attempt of state.active.values()) if (attempt.address !== own) left -= heldBy(attempt);
  return left;
}

/** What ended calls and those under way have cost, as far as it was told. Micro-dollars. */
export function usedOf(state: RunState): number {
  let used = state.costMicroUsd;
  for (const { running = 0 } of state.active.values()) used += running;
  return used;
}

/**
 * Whether an agent may be called under the cost limit. What it is expected to cost at most must be left; only where nobody
 * holds anything that could come free, it gets what is left, as long as half of such calls would cost less. `isNew`: it
 * would begin an attempt, and those that are under way come first.
 */
export function askForMoney(
  state: RunState,
  agent: string,
  model: string | undefined,
  isNew = false,
): MoneyAnswer {
  const limit = state.options.maxCostMicroUsd;
  if (limit === undefined) return FREE;
  if (state.costMicroUsd >= limit) return refused(state, limit);
  if (isNew && [...state.active.values()].some(isDue)) return 'wait';
  const left = leftFor(state, limit);
  if (left <= 0) return 'wait';
  const estimate = estimateOf(state, agent, model);
  if (estimate?.microUsd === undefined) return FREE;
  if (estimate.microUsd <= left) return { kind: 'granted', reserved: estimate.microUsd };
  if (left < limit - state.costMicroUsd) return 'wait';
  const { typicalMicroUsd = 0 } = estimate;
  if (left >= typicalMicroUsd) return { kind: 'granted', reserved: left };
  const whose = model === undefined ? agent : `${agent} (${model})`;
  const rule = `half of the calls of ${whose} cost more than ${usd(typicalMicroUsd)} USD`;
  return refused(state, limit, `${usd(left)} USD is left, and ${rule}`);
}

/** It asks for its next call, which is decided before anything new: it stands there only for want of money. */
const isDue = ({ step }: AttemptRun) => step === 'harvested' || step === 'proved';

const estimateOf = (
  { options: { budget } }: RunState,
  agent: string,
  model: string | undefined,
): CallEstimate | undefined =>
  budget?.calls.find((one) => one.agent === agent && one.model === model);

const refused = (state: RunState, limit: number, why?: string): MoneyAnswer => ({
  kind: 'refused',
  failure: outOfMoney(state, limit, why),
});

/** Why nothing more is called: spent, limit, what is left undone, what to do. */
export function outOfMoney(state: RunState, limit: number, why?: string): Failure {
  const undone =
    [...state.tickets.values()].filter(
      ({ phase, unaffordable }) => phase === 'waiting' || unaffordable !== undefined,
    ).length + [...state.active.values()].filter(({ overspent }) => overspent).length;
  return {
    code: 'budget/reached',
    message: `the agents have cost ${usd(state.costMicroUsd)} USD${unknown(state)}, the limit is ${usd(limit)} USD${why === undefined ? '' : `: ${why}`}${undone === 0 ? '' : `; ${undone} ticket${undone === 1 ? ' is' : 's are'} left`}`,
    hint: 'raise limits.maxCostUsd or --max-cost and start again; what landed stays landed',
  };
}

/**
 * Whether the engine must know what a call has cost so far: it is more than what is held for it, or makes the run pass a
 * mark. Asked at each word of an agent about its consumption; nothing else of it is written down.
 */
export function mustBeTold(state: RunState, address: AttemptAddress, microUsd: number): boolean {
  const limit = state.options.maxCostMicroUsd;
  const attempt = state.active.get(address);
  if (limit === undefined || attempt?.step !== 'working' || attempt.overspent) return false;
  const { reserved = 0, running = 0 } = attempt;
  if (microUsd <= running) return false;
  return microUsd > reserved || markOf(usedOf(state) - running + microUsd, limit) > markSaid(state);
}

/** The highest mark that an amount reaches; 0 for none. */
export const markOf = (used: number, limit: number): BudgetMark | 0 =>
  (used > 0 ? budgetMarks.findLast((mark) => used * 100 >= limit * mark) : undefined) ?? 0;

export const markSaid = ({ warned }: RunState): BudgetMark | 0 => warned ?? 0;

/** A mark that was passed, as one sentence. */
export const budgetWords = ({
  percent,
  usedMicroUsd,
  limitMicroUsd,
}: EventOf<'budget.warned'>): string =>
  `${percent} % of the cost limit is used: ${usd(usedMicroUsd)} of ${usd(limitMicroUsd)} USD`;

function unknown({ unknownCosts: { size } }: RunState): string {
  if (size === 0) return '';
  return ` and ${size} ${size === 1 ? 'attempt' : 'attempts'} of unknown cost`;
}

/** Micro-dollars as dollars and cents. */
export const usd = (micro: number) => (micro / 1_000_000).toFixed(2);
