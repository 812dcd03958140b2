import { buildDag, type Dag } from '../graph/dag.js';
import type { TicketId } from '../model/ids.js';
import type { RunOptions, RunTicket } from '../model/run.js';
import { indexBatches, type BatchIndex } from './batches.js';
import { indexClashes, type ClashIndex } from './clashes.js';
import { byInheritedPriority, byPriority, byTail, rankOrder } from './priority.js';
import type { RankOrder } from './rank-set.js';

/** What the dispatch policy needs of a ticket. */
export type QueueTicket = Pick<
  RunTicket,
  | 'id'
  | 'dependsOn'
  | 'conflictsWith'
  | 'files'
  | 'priority'
  | 'inheritedPriority'
  | 'estimateMinutes'
  | 'tailMinutes'
  | 'batch'
  | 'order'
  | 'epic'
>;

/** What of a queue never changes: made once, shared by the sixteen simulations of a forecast. */
export interface QueueBasis {
  readonly tickets: readonly QueueTicket[];
  readonly nodeOf: ReadonlyMap<TicketId, number>;
  readonly dag: Dag;
  readonly clashes: ClashIndex;
  readonly batches: BatchIndex;
  /** The tickets in the order of dispatch and by tail. */
  ranks(settings: Pick<RunOptions, 'schedule' | 'order'>): Ranks;
}

export interface Ranks {
  readonly rank: RankOrder;
  readonly tail: RankOrder;
}

/** Prepares tickets for queues; their graph is built unless it is at hand. */
export function queueBasis(tickets: readonly QueueTicket[], dag?: Dag): QueueBasis {
  const nodeOf = new Map(tickets.map(({ id }, node) => [id, node]));
  const known = new Map<string, Ranks>();
  return {
    tickets,
    nodeOf,
    dag: dag ?? dependencyGraph(tickets, nodeOf),
    clashes: indexClashes(tickets),
    batches: indexBatches(tickets),
    ranks({ schedule, order }) {
      const key = `${schedule} ${order}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const ranked =
        schedule === 'batch'
          ? tickets.map((ticket) => ({ ...ticket, tailMinutes: ticket.estimateMinutes }))
          : tickets;
      const ranks = {
        rank: rankOrder(ranked, order === 'priority' ? byPriority : byInheritedPriority),
        tail: rankOrder(ranked, byTail),
      };
      known.set(key, ranks);
      return ranks;
    },
  };
}

/** The graph of what waits for what among these tickets; dependencies on others count as met. */
function dependencyGraph(
  tickets: readonly QueueTicket[],
  nodeOf: ReadonlyMap<TicketId, number>,
): Dag {
  return buildDag(
    tickets.length,
    tickets.flatMap(({ dependsOn }, after) =>
      dependsOn.flatMap((id) => {
        const before = nodeOf.get(id);
        return before === undefined ? [] : [[before, after] as const];
      }),
    ),
  );
}
