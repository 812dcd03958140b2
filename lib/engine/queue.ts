import { neighbours } from '../graph/dag.js';
import { readySet } from '../graph/ready.js';
import type { TicketId } from '../model/ids.js';
import type { RunOptions } from '../model/run.js';
import { createBatches } from './batches.js';
import { createClashes } from './clashes.js';
import { queueBasis, type QueueBasis, type QueueTicket } from './queue-basis.js';
import { createReadyPool } from './ready-pool.js';

/** The options that the dispatch policy depends on. */
export type QueueSettings = Pick<RunOptions, 'slots' | 'schedule' | 'order' | 'conflictsRunning'>;

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
  readonly readyCount: number;
  /** Neither settled nor dropped. */
  readonly openCount: number;
  /** The batch that is being worked on under `schedule: batch`; the smallest open one. */
  readonly batch: number | undefined;
}

type State = 'waiting' | 'ready' | 'running' | 'finished' | 'settled' | 'dropped';

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
  const { nodeOf, dag } = basis;
  const isBatched = settings.schedule === 'batch';
  const clashes = createClashes(basis.clashes, settings.conflictsRunning);
  const pool = createReadyPool(basis.ranks(settings), clashes);
  const graph = readySet(dag);
  const states: State[] = tickets.map(() => 'waiting');
  const startedAt = new Map<number, number>();
  const batches = createBatches(tickets, isBatched);
  let openCount = tickets.length;
  const of = (node: number) => tickets[node] as QueueTicket;
  // Nothing of a later batch starts before this one is done, so a ticket's tail ends with its batch.
  const tailOf = (node: number) => (isBatched ? of(node).estimateMinutes : of(node).tailMinutes);
  const stateOf = (id: TicketId) => {
    const node = nodeOf.get(id);
    return node === undefined ? undefined : { node, state: states[node] as State };
  };

  const admit = (node: number) => {
    states[node] = 'ready';
    if (batches.isOpen(node)) pool.add(node);
    else batches.hold(node);
  };
  const letGo = (node: number) => {
    pool.remove(node);
    if (startedAt.delete(node)) for (const key of clashes.release(node)) pool.wake(key);
  };
  const close = (node: number, state: 'settled' | 'dropped') => {
    letGo(node);
    states[node] = state;
    openCount -= 1;
    for (const held of batches.close(node)) if (states[held] === 'ready') admit(held);
  };
  for (const node of graph.initial) admit(node);

  /** What the rest of the queue (or of the batch) needs at least, in minutes from now. */
  const atLeast = (nowMinutes: number) => {
    let work = batches.unstartedMinutes();
    let path = 0;
    for (const [node, at] of startedAt) {
      const left =
        states[node] === 'running' ? Math.max(0, of(node).estimateMinutes - nowMinutes + at) : 0;
      work += left;
      path = Math.max(path, left + tailOf(node) - of(node).estimateMinutes);
    }
    const longest = pool.longest();
    if (longest !== undefined) path = Math.max(path, tailOf(longest));
    return Math.max(path, work / Math.max(1, settings.slots));
  };
  const because = (node: number, hasSlack: boolean) => {
    const { priority, inheritedPriority } = of(node);
    const own = `P${priority}`;
    const rank =
      inheritedPriority < priority ? `${own}, a P${inheritedPriority} waits for it` : own;
    const tail = `longest tail ${Math.round(tailOf(node))} min`;
    if (settings.order === 'priority') return `${own}, then file order`;
    return hasSlack ? `${rank}, ${tail}` : `no slack left, ${tail}`;
  };
  const besides = (node: number) => {
    const example = clashes.example(node);
    if (example === undefined) return '';
    const what = example.file === undefined ? 'conflicts with' : `shares ${example.file} with`;
    return `${what} ${of(example.holder).id}, but nothing else is ready; `;
  };

  return {
    next({ nowMinutes, isExcluded }) {
      const isOut =
        isExcluded === undefined ? () => false : (node: number) => isExcluded(of(node).id);
      for (const group of ['free', 'any'] as const) {
        const first = pool.first(group, 'rank', isOut);
        if (first === undefined) continue;
        const prefix = group === 'any' ? besides(first) : '';
        if (settings.order === 'slack') {
          const urgent = pool.first(group, 'tail', isOut) ?? first;
          if (tailOf(urgent) + EPSILON >= atLeast(nowMinutes)) {
            const why = group === 'any' ? besides(urgent) : '';
            return { ticket: of(urgent).id, reason: why + because(urgent, false) };
          }
        }
        return { ticket: of(first).id, reason: prefix + because(first, true) };
      }
      return undefined;
    },
    start(id, nowMinutes) {
      const found = stateOf(id);
      if (found?.state !== 'ready') return;
      pool.remove(found.node);
      states[found.node] = 'running';
      batches.begin(found.node);
      startedAt.set(found.node, nowMinutes);
      clashes.hold(found.node);
    },
    finish(id) {
      const found = stateOf(id);
      if (found?.state === 'running') states[found.node] = 'finished';
    },
    settle(id) {
      const found = stateOf(id);
      if (found === undefined || found.state === 'settled' || found.state === 'dropped') return [];
      const isUnstarted = found.state === 'waiting' || found.state === 'ready';
      if (isUnstarted) batches.begin(found.node);
      close(found.node, 'settled');
      const ready = graph.settle(found.node).filter((node) => states[node] === 'waiting');
      for (const node of ready) admit(node);
      return ready.map((node) => of(node).id);
    },
    ready(id) {
      const found = stateOf(id);
      if (found?.state !== 'running' && found?.state !== 'finished') return;
      letGo(found.node);
      batches.begin(found.node, -1);
      admit(found.node);
    },
    drop(id) {
      const found = stateOf(id);
      if (found === undefined || found.state === 'settled' || found.state === 'dropped') return [];
      const lost = [found.node];
      const seen = new Set(lost);
      for (const node of lost) {
        for (const next of neighbours(dag.successors, node)) {
          if (seen.has(next) || states[next] === 'dropped' || states[next] === 'settled') continue;
          seen.add(next);
          lost.push(next);
        }
      }
      for (const node of lost) {
        if (states[node] === 'waiting' || states[node] === 'ready') batches.begin(node);
        close(node, 'dropped');
      }
      return lost.slice(1).map((node) => of(node).id);
    },
    isReady: (id) => stateOf(id)?.state === 'ready',
    get readyCount() {
      return pool.size;
    },
    get openCount() {
      return openCount;
    },
    get batch() {
      return batches.current();
    },
  };
}

/** Estimates are sums of fractions of a minute; equal ones may differ in the last bits. */
const EPSILON = 1e-6;
