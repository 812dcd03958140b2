import type { TicketCost } from '../model/call-record.js';
import type { CostForecast } from '../model/plan.js';
import type { PriceTable } from '../model/price-table.js';
import { ASSUMED_TOKENS, assumedCost, rangeOf, workerName, type Worker } from './cost-history.js';

/**
 * What tickets will use together, each with its worker: of half of the earlier ones at least, and of nearly all at most,
 * failed attempts included. Where nothing is known it is assumed, and said so.
 */
export function forecastCosts(
  workers: readonly Worker[],
  history: readonly TicketCost[],
  prices: readonly PriceTable[],
): CostForecast {
  const groups = new Map<string, { worker: Worker; count: number }>();
  for (const worker of workers) {
    const key = JSON.stringify([worker.agent, worker.model]);
    const group = groups.get(key);
    if (group) group.count += 1;
    else groups.set(key, { worker, count: 1 });
  }
  const tokens = { low: 0, high: 0 };
  const microUsd = { low: 0, high: 0 };
  let unpriced = 0;
  const because: string[] = [];
  for (const { worker, count } of groups.values()) {
    const used = rangeOf(history, worker, (cost) => cost.tokens);
    tokens.low += count * (used?.typical ?? ASSUMED_TOKENS);
    tokens.high += count * (used?.high ?? ASSUMED_TOKENS);
    const spent = rangeOf(history, worker, (cost) => cost.microUsd);
    const assumed = spent ? undefined : assumedCost(history, worker, prices);
    const price =
      spent ?? (assumed?.microUsd === undefined ? undefined : asRange(assumed.microUsd));
    if (price) {
      microUsd.low += count * price.typical;
      microUsd.high += count * price.high;
    } else unpriced += count;
    because.push(`${workerName(worker)}: ${basis(used?.count, spent?.count, assumed?.because)}`);
  }
  const usd = (micro: number) => Math.round(micro) / 1_000_000;
  return {
    tickets: workers.length,
    tokens,
    ...(unpriced === workers.length
      ? {}
      : { usd: { low: usd(microUsd.low), high: usd(microUsd.high) } }),
    unpriced,
    because,
  };
}

const asRange = (microUsd: number) => ({ typical: microUsd, high: microUsd });

function basis(tokens: number | undefined, costs: number | undefined, assumed = ''): string {
  if (tokens === undefined && costs === undefined) return assumed;
  const most = Math.max(tokens ?? 0, costs ?? 0);
  const lack =
    tokens === undefined ? ', tokens assumed' : costs === undefined ? ', which told no cost' : '';
  return `from ${most} earlier tickets${lack}`;
}

/** `720,000 to 1,100,000 tokens, 2.10 to 4.80 USD`. */
export function forecastWords({ tokens, usd, unpriced }: CostForecast): string {
  const count = (figure: number) => Math.round(figure).toLocaleString('en-US');
  const used = `${span(tokens, count)} tokens`;
  if (usd === undefined) return `${used}, cost unknown`;
  const missing = unpriced === 0 ? '' : `, without ${unpriced} of unknown cost`;
  return `${used}, ${span(usd, (figure) => figure.toFixed(2))} USD${missing}`;
}

/** With what it is based on. */
export const forecastInFull = (costs: CostForecast): string =>
  `${forecastWords(costs)} (${costs.because.join('; ')})`;

const span = ({ low, high }: CostForecast['tokens'], words: (figure: number) => string): string =>
  words(low) === words(high) ? `about ${words(low)}` : `${words(low)} to ${words(high)}`;
