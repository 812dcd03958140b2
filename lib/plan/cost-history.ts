import type { TicketCost } from '../model/call-record.js';
import type { ModelTier } from '../model/model-choice.js';
import type { PriceTable } from '../model/price-table.js';
import { priceOf, priceTokens } from './price.js';

/** Who works with what. */
export interface Worker {
  readonly agent: string;
  /** As it is asked for; absent: the agent's own. */
  readonly model?: string;
  readonly tier?: ModelTier;
  /** What the agent's own model is, where the configuration says. */
  readonly ownModel?: string;
}

/** So many figures make a quantile worth more than an assumption. */
const ENOUGH = 5;
/** What few go beyond. */
const HIGH = 0.9;

/** Tokens of a call of which nothing is known. */
const ASSUMED = { inputTokens: 50_000, outputTokens: 10_000 } as const;
export const ASSUMED_TOKENS = ASSUMED.inputTokens + ASSUMED.outputTokens;

/** What half of earlier ones stayed below, and what few went beyond. */
export interface Range {
  readonly typical: number;
  readonly high: number;
  readonly count: number;
}

/**
 * How much of something earlier tickets took: with the same model, else with another of the same tier, else, for an agent
 * that uses its own, with whatever it used. Nothing where that is known of too few. A model of another tier costs too
 * different an amount to say anything.
 */
export function rangeOf(
  history: readonly TicketCost[],
  { agent, model, tier }: Worker,
  figure: (cost: TicketCost) => number | undefined,
): Range | undefined {
  const own = agent === '' ? history : history.filter((cost) => cost.agent === agent);
  const levels = [
    ...(model === undefined ? [] : [own.filter((cost) => cost.model === model)]),
    ...(tier === undefined ? [] : [own.filter((cost) => cost.tier === tier)]),
    ...(model === undefined ? [own] : []),
  ];
  for (const level of levels) {
    const known = level.flatMap((cost) => figure(cost) ?? []).sort((one, other) => one - other);
    const at = (share: number) => known[Math.ceil(share * known.length) - 1] as number;
    if (known.length >= ENOUGH) return { typical: at(0.5), high: at(HIGH), count: known.length };
  }
  return undefined;
}

/** What a call costs of which only the model is known, in micro-dollars; else why nobody can say. */
export function assumedCost(
  history: readonly TicketCost[],
  { agent, model, ownModel }: Worker,
  prices: readonly PriceTable[],
): { readonly microUsd?: number; readonly because: string } {
  const toldLast = history.findLast((cost) => cost.agent === agent)?.model;
  const name = model ?? ownModel ?? toldLast;
  if (name === undefined) return { because: 'no history, and its model is not known' };
  const found = priceOf(name, prices);
  if (!found) return { because: `no history, and no price is known for ${name}` };
  return {
    microUsd: priceTokens(ASSUMED, found.price),
    because: 'no history: assumed 50,000 tokens in and 10,000 out',
  };
}

/** Agent and model in words. */
export const workerName = ({ agent, model }: Pick<Worker, 'agent' | 'model'>): string =>
  model === undefined ? agent || 'the agent' : `${agent} (${model})`;
