import type { Failure } from '../model/failure.js';
import type { TicketId } from '../model/ids.js';
import type { RunRequest } from './run-request.js';
import type { Survey } from './survey.js';

/**
 * The agent's name for each ticket that will run: the flag's, the ticket's, the configuration's, what is found. Each is
 * looked up once now, so that a missing program refuses the run instead of failing its tickets.
 */
export async function chooseAgents(
  { surroundings, agent: flag }: RunRequest,
  { plan, index, settings: { config } }: Survey,
): Promise<{
  readonly names: ReadonlyMap<TicketId, string>;
  readonly failures: readonly Failure[];
}> {
  const runs = new Set<TicketId>(plan.batches.flat());
  const chosen = new Map<TicketId, string>();
  const names = new Map<string, string>();
  const failures = new Map<string, Failure>();
  for (const { id, agent } of index.tickets.filter((ticket) => runs.has(ticket.id))) {
    const wish = flag ?? agent ?? '';
    if (!names.has(wish) && !failures.has(wish)) {
      const name = await surroundings.agentName(config, wish === '' ? undefined : wish);
      const found = name.ok ? await surroundings.agent(config, name.value) : name;
      if (name.ok && found.ok) names.set(wish, name.value);
      else if (!found.ok) failures.set(wish, found.failure);
    }
    chosen.set(id, names.get(wish) ?? '');
  }
  return { names: chosen, failures: [...failures.values()] };
}
