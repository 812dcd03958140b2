import { modelTiers, type ModelChoice } from '../model/model-choice.js';
import type { RunTicket } from '../model/run.js';
import type { RunState } from './state.js';

/**
 * The model of a ticket's next attempt: what was chosen for it, but the next smaller that its agent has a model for from 80 %
 * of the cost limit on, and the smallest from 95 % on. A model that the ticket itself asks for stays.
 */
export function modelOfNext(
  { options, warned }: RunState,
  { agent, model }: RunTicket,
): ModelChoice | undefined {
  const names = options.budget?.tiers?.[agent];
  if (warned === undefined || !names || model?.tier === undefined || model.isForced) return model;
  const { tier: planned, name: dearer } = model;
  const smaller = modelTiers
    .slice(0, modelTiers.indexOf(planned))
    .filter((one) => names[one] !== undefined);
  const tier = warned === 95 ? smaller[0] : smaller.at(-1);
  const name = tier && names[tier];
  if (tier === undefined || name === undefined) return model;
  return {
    tier,
    name,
    because: `${name} (${tier}): ${warned} % of the cost limit is used, so not ${dearer} (${planned})`,
  };
}
