import type { Budget, RunTicket } from '../model/run.js';
import { workerName } from '../plan/cost-history.js';
import { estimateCalls } from '../plan/estimate-calls.js';
import { tierWorkers, workerOf } from '../plan/plan-costs.js';
import { pricesOf } from '../plan/price.js';
import type { Survey } from './survey.js';

/** What a run of these tickets goes by under a cost limit. */
export function budgetOf(
  tickets: readonly Pick<RunTicket, 'agent' | 'model'>[],
  { settings: { config }, history }: Survey,
): Budget {
  const agents = [...new Set(tickets.map(({ agent }) => agent))];
  const workers = [
    ...tickets.map(({ agent, model }) => workerOf(config, agent, model)),
    ...agents.flatMap((agent) => tierWorkers(config, agent)),
  ];
  const { choose, tiers } = config.models;
  const own = agents.flatMap((agent) => {
    const names = Object.hasOwn(tiers, agent) ? tiers[agent] : undefined;
    return names ? [[agent, names] as const] : [];
  });
  return {
    calls: estimateCalls(workers, history.costs, pricesOf(config.prices)),
    ...(choose === 'tier' && own.length > 0 ? { tiers: Object.fromEntries(own) } : {}),
  };
}

/** What whoever sets a limit should know: of which agents the cost is only known once it is told. */
export function budgetNotices({ calls }: Budget): readonly string[] {
  return calls
    .filter(({ microUsd }) => microUsd === undefined)
    .map(
      (call) =>
        `the cost limit holds nothing back for ${workerName(call)} before it starts (${call.because}): only what it tells counts`,
    );
}
