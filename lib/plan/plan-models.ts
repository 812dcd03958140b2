import type { Config } from '../model/config.js';
import type { TicketId } from '../model/ids.js';
import type { ModelChoice, TierRecord } from '../model/model-choice.js';
import type { Plan } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import { chooseModel } from './choose-model.js';

/** The plan with the model of each ticket that runs, where one is chosen and its agent is named. */
export function planModels(
  plan: Plan,
  tickets: readonly Ticket[],
  { agent: configured, models }: Config,
  flag: string | undefined,
  history: readonly TierRecord[],
): Plan {
  if (models.choose === 'fixed') return plan;
  const byId = new Map<TicketId, Ticket>();
  for (const ticket of tickets) if (!byId.has(ticket.id)) byId.set(ticket.id, ticket);
  const chosen: ModelChoice[] = [];
  const planned = plan.tickets.map((one) => {
    const ticket = byId.get(one.id);
    if (one.batch === undefined || ticket === undefined) return one;
    const agent = flag ?? ticket.agent ?? configured ?? '';
    const model = chooseModel(ticket, agent, models, history);
    if (!model) return one;
    chosen.push(model);
    return { ...one, model };
  });
  if (chosen.length === 0) return plan;
  return { ...plan, tickets: planned, notes: [...plan.notes, noteOf(chosen)] };
}

/** `models: 3 haiku (small), 1 opus (large); --explain ID says why`. */
function noteOf(chosen: readonly ModelChoice[]): string {
  const counts = new Map<string, number>();
  for (const { name, tier } of chosen) {
    const words = tier === undefined ? name : `${name} (${tier})`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const words = [...counts].map(([name, count]) => `${count} ${name}`).sort();
  return `models: ${words.join(', ')}; --explain ID says why`;
}
