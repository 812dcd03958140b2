import type { TicketId } from '../model/ids.js';
import { createNodeQueue, type QueueSettings } from './node-queue.js';
import { queueBasis, type QueueBasis, type QueueTicket } from './queue-basis.js';

export type { QueueSettings } from './node-queue.js';

export interface Turn {
  /** Minutes on the clock of which `start` was told. */
  readonly nowMinutes: number;
  /** Tickets that may not start now although they are ready: their agent or credential is at its cap. */
  readonly isExcluded?: (ticket: TicketId) => boolean;
}

/** The ticket that should start next, and why this one, in words. */
export interface Choice {
  readonly ticket: TicketId;
  readonly reason: string;
}

/**
 * Who may start, and who should start next. One policy for runs and for forecasts.
 *
 *     waiting → ready → running → finished → settled
 *                 ↑________|__________|
 *     any but settled → dropped
 *
 * A ticket's files stay held from `start` until it is settled, dropped or made ready again: what is finished but has
 * not landed is not in the base of what starts now, so it can still collide. Calls that do not fit a ticket's state do
 * nothing: the journal may tell a fact twice.
 */
export interface Queue {
  /** Looks, and changes nothing. Undefined: nothing may start now. */
  next(turn: Turn): Choice | undefined;
  start(ticket: TicketId, nowMinutes: number): void;
  /** Its agent has ended; it still has to land. */
  finish(ticket: TicketId): void;
  /** It landed; returns the tickets that no longer wait for anything. */
  settle(ticket: TicketId): readonly TicketId[];
  /** It starts over (a retry, a bounce): back among the ready ones. */
  ready(ticket: TicketId): void;
  /** It will not land in this run; returns every ticket that waits for it, directly or not, and was not dropped before. */
  drop(ticket: TicketId): readonly TicketId[];
  isReady(ticket: TicketId): boolean;
  /** Neither settled nor dropped. */
  isOpen(ticket: TicketId): boolean;
  readonly readyCount: number;
  /** Neither settled nor dropped. */
  readonly openCount: number;
  /** The batch that is being worked on under `schedule: batch`; the smallest open one. */
  readonly batch: number | undefined;
}

/**
 * A queue over the tickets of a run. The policy ("guard 0"): a ready ticket with no slack left goes first; the others
 * go by inherited priority, longest tail, file order. Among them those that share a file with nothing that runs are
 * preferred (`prefer`), the only ones (`exclude`) or not told apart (`ignore`); a lock file or a migration in common
 * excludes always. `order: priority` is P0 to P4 and file order instead, `schedule: batch` keeps to one batch at a time.
 *
 * No slack is left when the ticket's tail is no shorter than what the rest needs at least: the longest path still
 * ahead, and the remaining work divided by the slots. Measured with four slots (bench/schedules.ts: 60 Standard Task
 * Graphs against the optimum; five ticket queues against the lower bound, and when their P0 and P1 tickets are done):
 *
 *     bound                          graphs   queues   P0, P1 done at (of the makespan)
 *     longest path or work ÷ slots   1.009    1.002    0.30
 *     longest path alone             1.007    1.001    0.69: nearly pure critical path, urgent tickets wait
 *     no such rule                   1.014    1.086    0.27
 */
export function createQueue(
  tickets: readonly QueueTicket[],
  settings: QueueSettings,
  basis: QueueBasis = queueBasis(tickets),
): Queue {
  const { nodeOf } = basis;
  const queue = createNodeQueue(basis, settings);
  const idOf = (node: number) => (tickets[node] as QueueTicket).id;
  const told = <Answer>(id: TicketId, tell: (node: number) => Answer, unknown: Answer) => {
    const node = nodeOf.get(id);
    return node === undefined ? unknown : tell(node);
  };
  return {
    next({ nowMinutes, isExcluded }) {
      const selection = queue.select(
        nowMinutes,
        isExcluded && ((node: number) => isExcluded(idOf(node))),
      );
      if (selection === undefined) return undefined;
      return { ticket: idOf(selection.node), reason: queue.because(selection) };
    },
    start: (id, nowMinutes) => told(id, (node) => queue.start(node, nowMinutes), undefined),
    finish: (id) => told(id, (node) => queue.finish(node), undefined),
    settle: (id) => told(id, (node) => queue.settle(node), NOBODY).map(idOf),
    ready: (id) => told(id, (node) => queue.ready(node), undefined),
    drop: (id) => told(id, (node) => queue.drop(node), NOBODY).map(idOf),
    isReady: (id) => told(id, (node) => queue.isReady(node), false),
    isOpen: (id) => told(id, (node) => queue.isOpen(node), false),
    get readyCount() {
      return queue.readyCount;
    },
    get openCount() {
      return queue.openCount;
    },
    get batch() {
      return queue.batch;
    },
  };
}

const NOBODY: readonly number[] = [];
