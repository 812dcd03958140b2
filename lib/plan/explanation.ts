import type { TicketId } from '../model/ids.js';
import type { Blocker } from '../model/plan.js';
import type { Priority, TicketState } from '../model/ticket.js';

/** Everything about one ticket's place in the plan, as data; `sage stream --explain ID --json` prints it. */
export interface Explanation {
  readonly id: TicketId;
  readonly title: string;
  readonly state: TicketState;
  /**
   * `ready`: could start now. `waiting`: this run does what it waits for. `blocked`: it will not run. The others say why
   * it is not a matter of dependencies.
   */
  readonly standing:
    | 'ready'
    | 'waiting'
    | 'blocked'
    | 'completed'
    | 'deferred'
    | 'in-progress'
    | 'container'
    | 'history'
    | 'not-selected';
  readonly priority: Priority;
  readonly inheritedPriority: Priority;
  readonly component: string;
  readonly blocking: readonly Obstacle[];
  readonly satisfied: readonly TicketId[];
  /** Dependencies on its own ancestors, which hold nothing back. */
  readonly ignored: readonly TicketId[];
  /** What it waits for, directly and through others, nearest first; at most {@link CHAIN_LIMIT} links. */
  readonly chain: readonly ChainLink[];
  readonly isChainCut: boolean;
  /** What has to happen, in order, until it can start. */
  readonly steps: readonly string[];
  /** Open tickets that wait for it directly. */
  readonly waitedForBy: readonly TicketId[];
  readonly batch?: number;
  readonly conflicts: readonly { readonly id: TicketId; readonly files: readonly string[] }[];
  /** From 1, in the order in which the forecast starts tickets. */
  readonly position?: number;
  readonly of: number;
  readonly startsAtMinutes?: number;
  readonly estimateMinutes?: number;
  readonly tailMinutes?: number;
  readonly isOnCriticalPath: boolean;
  /** Why it stands where it stands, one sentence each. */
  readonly reasons: readonly string[];
  readonly children: readonly TicketId[];
}

/** An unmet dependency. `open`: this run does it. */
export interface Obstacle {
  readonly id: string;
  readonly title: string;
  readonly state?: TicketState;
  readonly why: Blocker['why'] | 'open';
  readonly batch?: number;
}

export interface ChainLink {
  readonly id: string;
  readonly depth: number;
  readonly state?: TicketState;
  /** Nothing of the queue stands before it: the end of the chain. */
  readonly isRoot: boolean;
  readonly waitsFor: readonly string[];
}

/** So many links of a chain are listed. */
export const CHAIN_LIMIT = 200;
