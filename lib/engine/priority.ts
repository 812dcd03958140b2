import type { RunTicket } from '../model/run.js';
import type { RankOrder } from './rank-set.js';

/** What the dispatch order looks at. */
export type Ranked = Pick<
  RunTicket,
  'priority' | 'inheritedPriority' | 'tailMinutes' | 'estimateMinutes' | 'order'
>;

/** A total order over tickets: negative when the left one goes first. */
export type Ranking = (left: Ranked, right: Ranked) => number;

/** Inherited priority, then longest tail, then file order: who goes first as long as everybody has slack. */
export const byInheritedPriority: Ranking = (left, right) =>
  left.inheritedPriority - right.inheritedPriority ||
  right.tailMinutes - left.tailMinutes ||
  left.order - right.order;

/** Longest tail, then inherited priority, then file order: who runs out of slack first. */
export const byTail: Ranking = (left, right) =>
  right.tailMinutes - left.tailMinutes ||
  left.inheritedPriority - right.inheritedPriority ||
  left.order - right.order;

/** P0 before P1 before … P4, then file order, whatever waits for whom (`order: priority`). */
export const byPriority: Ranking = (left, right) =>
  left.priority - right.priority || left.order - right.order;

/** Tickets, by their place in the list, in that order. */
export function rankOrder(tickets: readonly Ranked[], ranking: Ranking): RankOrder {
  const nodeAt = Int32Array.from(tickets.keys()).sort(
    (left, right) => ranking(tickets[left] as Ranked, tickets[right] as Ranked) || left - right,
  );
  const rankOf = new Int32Array(nodeAt.length);
  for (let rank = 0; rank < nodeAt.length; rank += 1) rankOf[nodeAt[rank] as number] = rank;
  return { rankOf, nodeAt };
}
