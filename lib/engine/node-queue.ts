import { at, type Dag } from '../graph/dag.js';
import { readySet } from '../graph/ready.js';
import type { RunOptions } from '../model/run.js';
import { createBatches } from './batches.js';
import { createClashes } from './clashes.js';
import type { QueueBasis, QueueTicket } from './queue-basis.js';
import { createReadyPool } from './ready-pool.js';

/** The options that the dispatch policy depends on. */
export type QueueSettings = Pick<RunOptions, 'slots' | 'schedule' | 'order' | 'conflictsRunning'>;

/** Who should start next, and what the choice was made by. */
export interface Selection {
  readonly node: number;
  /** Whether only tickets that share something with a running one were left. */
  readonly isClashing: boolean;
  readonly hasSlack: boolean;
}

/** {@link Queue} of queue.ts in the numbers of its basis, for forecasts: no ids, and no reasons unless they are asked for. */
export interface NodeQueue {
  select(nowMinutes: number, isExcluded?: (node: number) => boolean): Selection | undefined;
  /** Why this one, in words; to be asked before anything else is told. */
  because(selection: Selection): string;
  start(node: number, nowMinutes: number): void;
  finish(node: number): void;
  settle(node: number): readonly number[];
  ready(node: number): void;
  drop(node: number): readonly number[];
  isReady(node: number): boolean;
  isOpen(node: number): boolean;
  readonly readyCount: number;
  readonly openCount: number;
  readonly batch: number | undefined;
}

type State = 'waiting' | 'ready' | 'running' | 'finished' | 'settled' | 'dropped';

/** The dispatch policy; queue.ts says what it is. */
export function createNodeQueue(basis: QueueBasis, settings: QueueSettings): NodeQueue {
  const { dag, tickets } = basis;
  const isBatched = settings.schedule === 'batch';
  const clashes = createClashes(basis.clashes, settings.conflictsRunning);
  const pool = createReadyPool(basis.ranks(settings), clashes);
  const graph = readySet(dag);
  const states: State[] = tickets.map(() => 'waiting');
  const startedAt = new Map<number, number>();
  const batches = createBatches(basis.batches, isBatched);
  let openCount = tickets.length;
  const of = (node: number) => tickets[node] as QueueTicket;
  // Nothing of a later batch starts before this one is done, so a ticket's tail ends with its batch.
  const tailOf = (node: number) => (isBatched ? of(node).estimateMinutes : of(node).tailMinutes);
  const isOver = (node: number) => states[node] === 'settled' || states[node] === 'dropped';
  const isUnstarted = (node: number) => states[node] === 'waiting' || states[node] === 'ready';

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
    for (const [node, since] of startedAt) {
      const left =
        states[node] === 'running' ? Math.max(0, of(node).estimateMinutes - nowMinutes + since) : 0;
      work += left;
      path = Math.max(path, left + tailOf(node) - of(node).estimateMinutes);
    }
    const longest = pool.longest();
    if (longest !== undefined) path = Math.max(path, tailOf(longest));
    return Math.max(path, work / Math.max(1, settings.slots));
  };
  const besides = (node: number) => {
    const example = clashes.example(node);
    if (example === undefined) return '';
    const what = example.file === undefined ? 'conflicts with' : `shares ${example.file} with`;
    return `${what} ${of(example.holder).id}, but nothing else is ready; `;
  };

  return {
    select(nowMinutes, isExcluded) {
      for (const group of GROUPS) {
        const node = pool.first(group, 'rank', isExcluded);
        if (node === undefined) continue;
        const isClashing = group === 'any';
        if (settings.order === 'slack') {
          const urgent = pool.first(group, 'tail', isExcluded) ?? node;
          if (tailOf(urgent) + EPSILON >= atLeast(nowMinutes)) {
            return { node: urgent, isClashing, hasSlack: false };
          }
        }
        return { node, isClashing, hasSlack: true };
      }
      return undefined;
    },
    because({ node, isClashing, hasSlack }) {
      const { priority, inheritedPriority } = of(node);
      const prefix = isClashing ? besides(node) : '';
      const own = `P${priority}`;
      if (settings.order === 'priority') return `${prefix}${own}, then file order`;
      const rank =
        inheritedPriority < priority ? `${own}, a P${inheritedPriority} waits for it` : own;
      const tail = `longest tail ${Math.round(tailOf(node))} min`;
      return `${prefix}${hasSlack ? rank : 'no slack left'}, ${tail}`;
    },
    start(node, nowMinutes) {
      if (states[node] !== 'ready') return;
      pool.remove(node);
      states[node] = 'running';
      batches.begin(node);
      startedAt.set(node, nowMinutes);
      clashes.hold(node);
    },
    finish(node) {
      if (states[node] === 'running') states[node] = 'finished';
    },
    settle(node) {
      if (isOver(node)) return [];
      if (isUnstarted(node)) batches.begin(node);
      close(node, 'settled');
      const ready = graph.settle(node).filter((next) => states[next] === 'waiting');
      for (const next of ready) admit(next);
      return ready;
    },
    ready(node) {
      if (states[node] !== 'running' && states[node] !== 'finished') return;
      letGo(node);
      batches.begin(node, -1);
      admit(node);
    },
    drop(node) {
      if (isOver(node)) return [];
      const lost = withDependents(dag, node, isOver);
      for (const one of lost) {
        if (isUnstarted(one)) batches.begin(one);
        close(one, 'dropped');
      }
      return lost.slice(1);
    },
    isReady: (node) => states[node] === 'ready',
    isOpen: (node) => !isOver(node),
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

/** A node and all that wait for it, directly or not, except what is over. */
function withDependents(dag: Dag, node: number, isOver: (node: number) => boolean): number[] {
  const { offsets, targets } = dag.successors;
  const found = [node];
  const seen = new Set(found);
  for (const one of found) {
    for (let index = at(offsets, one); index < at(offsets, one + 1); index += 1) {
      const next = at(targets, index);
      if (seen.has(next) || isOver(next)) continue;
      seen.add(next);
      found.push(next);
    }
  }
  return found;
}

const GROUPS = ['free', 'any'] as const;

/** Estimates are sums of fractions of a minute; equal ones may differ in the last bits. */
const EPSILON = 1e-6;
