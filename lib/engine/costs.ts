import type { AgentCost, AgentOutcome, Usage } from '../model/agent.js';
import type { AttemptRun, RunState, TicketRun } from './state.js';
import { ticketRun } from './tickets.js';

/** What is known of what a call has cost. */
export function knownCost({
  usage,
  cost,
}: Pick<AgentOutcome, 'usage' | 'cost'>): AgentCost | undefined {
  if (cost) return cost;
  // Older journals, and calls that go on, have what was told alone.
  const { costMicroUsd } = usage;
  return costMicroUsd === undefined ? undefined : { microUsd: costMicroUsd, basis: 'told' };
}

/** What a call cost; unknown: it was called, and neither it nor the prices say. Nothing for one that never started. */
export const costOfCall = (outcome: AgentOutcome): AgentCost | 'unknown' | undefined =>
  knownCost(outcome) ?? (outcome.end.kind === 'not-started' ? undefined : 'unknown');

/** Tokens of all classes. */
export const tokensOf = (usage: Usage): number =>
  (usage.inputTokens ?? 0) +
  (usage.outputTokens ?? 0) +
  (usage.cacheReadTokens ?? 0) +
  (usage.cacheWriteTokens ?? 0);

/** Counts one call, however it ended. */
export function noteCost(
  state: RunState,
  { address, ticket }: AttemptRun,
  outcome: AgentOutcome,
): void {
  const cost = costOfCall(outcome);
  state.tokens += tokensOf(outcome.usage);
  if (cost !== undefined) noteUse(ticketRun(state, ticket), outcome, cost);
  if (cost === 'unknown' || outcome.isUsagePartial) state.unknownCosts.add(address);
  if (cost && cost !== 'unknown') {
    state.costMicroUsd += cost.microUsd;
    if (cost.basis === 'priced') state.pricedMicroUsd += cost.microUsd;
  }
}

function noteUse(ticket: TicketRun, outcome: AgentOutcome, cost: AgentCost | 'unknown'): void {
  const used = (ticket.used ??= { calls: 0, tokens: 0, microUsd: 0, dearestMicroUsd: 0 });
  used.calls += 1;
  used.tokens += tokensOf(outcome.usage);
  if (outcome.model !== undefined) used.model = outcome.model;
  if (cost === 'unknown' || outcome.isUsagePartial) used.isPartlyUnknown = true;
  if (cost === 'unknown') return;
  used.microUsd += cost.microUsd;
  used.dearestMicroUsd = Math.max(used.dearestMicroUsd, cost.microUsd);
}

/** The same for readers of a run: absent what there is none of. */
export function spentOf(state: RunState) {
  const { costMicroUsd, pricedMicroUsd, unknownCosts, tokens } = state;
  return {
    ...(costMicroUsd > 0 ? { costUsd: costMicroUsd / 1_000_000 } : {}),
    ...(pricedMicroUsd > 0 ? { pricedUsd: pricedMicroUsd / 1_000_000 } : {}),
    ...(unknownCosts.size > 0 ? { unknownCosts: unknownCosts.size } : {}),
    ...(tokens > 0 ? { tokens } : {}),
  };
}
