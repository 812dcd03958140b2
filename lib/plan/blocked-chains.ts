import type { Blocker, Plan } from '../model/plan.js';
import type { BlockedTicket } from '../model/run.js';

/**
 * Open tickets of a plan that a run of it cannot start, each with what it waits for, nearest first, down to what has to
 * change before it can. In the plan's order.
 */
export function blockedChains({ tickets }: Plan): readonly BlockedTicket[] {
  const blockers = new Map<string, readonly Blocker[]>(
    tickets.map(({ id, blockedBy }) => [id, blockedBy]),
  );
  return tickets.flatMap(({ id, blockedBy }) => {
    if (blockedBy.length === 0) return [];
    const chain: string[] = [];
    let next = blockedBy[0];
    while (next && !chain.includes(next.id)) {
      chain.push(next.id);
      next =
        next.why === 'blocked' || next.why === 'cycle' ? blockers.get(next.id)?.[0] : undefined;
    }
    return [{ id, by: chain }];
  });
}
