import type { TicketCost } from '../model/call-record.js';
import type { PriceTable } from '../model/price-table.js';
import type { CallEstimate } from '../model/run.js';
import { assumedCost, rangeOf, type Worker } from './cost-history.js';

/** What calls cost, by the dearest of each earlier ticket, else assumed; one for each agent and model. */
export function estimateCalls(
  workers: readonly Worker[],
  history: readonly TicketCost[],
  prices: readonly PriceTable[],
): readonly CallEstimate[] {
  const byName = new Map<string, CallEstimate>();
  for (const worker of workers) {
    const { agent, model } = worker;
    const key = JSON.stringify([agent, model]);
    if (byName.has(key)) continue;
    const who = { agent, ...(model === undefined ? {} : { model }) };
    const range = rangeOf(history, worker, ({ dearestMicroUsd }) => dearestMicroUsd);
    byName.set(key, {
      ...who,
      ...(range
        ? {
            microUsd: range.high,
            typicalMicroUsd: range.typical,
            because: `from ${range.count} earlier tickets`,
          }
        : assumedCost(history, worker, prices)),
    });
  }
  return [...byName.values()];
}
