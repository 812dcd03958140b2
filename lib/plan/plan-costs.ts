import type { TicketCost } from '../model/call-record.js';
import type { Config } from '../model/config.js';
import type { TicketId } from '../model/ids.js';
import { modelTiers, type ModelChoice } from '../model/model-choice.js';
import type { Plan } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import type { Worker } from './cost-history.js';
import { forecastCosts } from './forecast-costs.js';
import { pricesOf } from './price.js';

/** The plan with what it will cost, for the agents that are named; one that is found only when the run begins is not yet. */
export function planCosts(
  plan: Plan,
  tickets: readonly Ticket[],
  config: Config,
  flag: string | undefined,
  history: readonly TicketCost[],
): Plan {
  const agents = new Map<TicketId, string | undefined>();
  for (const { id, agent } of tickets) if (!agents.has(id)) agents.set(id, agent);
  const workers = plan.tickets.flatMap(({ id, batch, model }) =>
    batch === undefined
      ? []
      : [workerOf(config, flag ?? agents.get(id) ?? config.agent ?? '', model)],
  );
  if (workers.length === 0) return plan;
  return { ...plan, costs: forecastCosts(workers, history, pricesOf(config.prices)) };
}

/** Who works on a ticket with a model that was chosen for it, or with the agent's own. */
export function workerOf(config: Config, agent: string, model: ModelChoice | undefined): Worker {
  const own = Object.hasOwn(config.agents, agent) ? config.agents[agent]?.model : undefined;
  return {
    agent,
    ...(model === undefined ? {} : { model: model.name }),
    ...(model?.tier === undefined ? {} : { tier: model.tier }),
    ...(own === undefined ? {} : { ownModel: own }),
  };
}

/** An agent with each model that a ticket of it may be moved to when the cost limit is near. */
export function tierWorkers(config: Config, agent: string): readonly Worker[] {
  const names = config.models.choose === 'tier' ? config.models.tiers[agent] : undefined;
  return modelTiers.flatMap((tier) => {
    const name = names?.[tier];
    return name === undefined ? [] : [workerOf(config, agent, { tier, name, because: '' })];
  });
}
