import type { Contradiction } from '../model/verification-schema.js';
import type { Ticket, TicketState } from '../model/ticket.js';
import type { Claims } from './claims.js';

/**
 * Whether the index agrees: what landed is COMPLETED there, and nothing that this run began and let go of is still
 * IN_PROGRESS. `later`: tickets that a later run has worked on since; their states are its own.
 */
export function checkStates(
  { landed, isFinished }: Claims,
  begun: ReadonlySet<string>,
  index: readonly Ticket[],
  later: ReadonlySet<string>,
): { readonly states: number; readonly contradictions: Contradiction[] } {
  const contradictions: Contradiction[] = [];
  const commits = new Map(landed.map(({ ticket, commit }) => [ticket as string, commit]));
  let states = 0;
  for (const { id, state } of index) {
    if (!begun.has(id) || later.has(id)) continue;
    states += 1;
    const commit = commits.get(id);
    const wrong = wrongState(state, commit !== undefined, isFinished);
    if (!wrong) continue;
    contradictions.push({
      kind: 'state-differs',
      ticket: id,
      message: commit
        ? `${id} landed as ${commit.slice(0, 12)}, the index says ${state}`
        : `${id} is IN_PROGRESS in the index, and the run that began it has ended`,
    });
  }
  return { states, contradictions };
}

const wrongState = (state: TicketState, hasLanded: boolean, isFinished: boolean) =>
  hasLanded ? state !== 'COMPLETED' : isFinished && state === 'IN_PROGRESS';
