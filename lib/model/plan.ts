import type { Backlog } from './backlog.js';
import type { ModelChoice } from './model-choice.js';
import type { Oid, TicketId } from './ids.js';
import type { Priority, TicketState } from './ticket.js';

/** How many agents at once, and why that many. */
export interface SlotChoice {
  readonly slots: number;
  /** What was asked for: a number, `auto`, or nothing (sequential). */
  readonly requested: number | 'auto' | 'sequential';
  /** What made it that many, in order: `2 CPUs / 2`, `capped at 10`, `only 3 tickets can run`. */
  readonly because: readonly string[];
}

/** One ticket's place in the plan. */
export interface PlannedTicket {
  readonly id: TicketId;
  readonly title: string;
  readonly state: TicketState;
  readonly priority: Priority;
  readonly component: string;
  /** With `isolation: epic`: what it is worked on and lands with, batch by batch. */
  readonly epic?: string;
  /** 1-based; absent for tickets that will not run. */
  readonly batch?: number;
  /** Open tickets it waits for, after the container rule; ids of this index only. */
  readonly dependsOn: readonly TicketId[];
  /** What keeps it from ever running in this run: nothing, for a ticket that will run. */
  readonly blockedBy: readonly Blocker[];
  /** Tickets that declare a file of its own; those two are never in one batch. */
  readonly conflictsWith: readonly TicketId[];
  readonly files: readonly string[];
  /** Minutes the agent is expected to take, and what that is based on. */
  readonly estimateMinutes: number;
  readonly estimateFrom: 'effort' | 'history' | 'default';
  /** Longest estimated path from its start to the end of the queue, minutes. */
  readonly tailMinutes: number;
  /** Best priority among itself and everything that waits for it. */
  readonly inheritedPriority: Priority;
  /** With `models.choose: tier`, where its agent is named. */
  readonly model?: ModelChoice;
  /** Position in the index: the last tie-break. */
  readonly order: number;
}

export interface Blocker {
  readonly id: string;
  readonly why:
    | 'missing'
    | 'deferred'
    | 'in-progress'
    | 'blocked'
    | 'cycle'
    | 'history'
    | 'undelivered'
    | 'not-selected';
}

/** A ticket with children (hierarchy: containers): completed with its last child, never run. */
export interface Container {
  readonly id: TicketId;
  readonly children: readonly TicketId[];
}

/** The estimate for one number of slots and one schedule. */
export interface Forecast {
  readonly slots: number;
  readonly schedule: 'rolling' | 'batch';
  readonly makespanMinutes: number;
  /** Busy slot time ÷ (slots × makespan), 0…1. */
  readonly utilisation: number;
}

/** What a run will use, as far as earlier ones tell. */
export interface CostForecast {
  /** Tickets that will run. */
  readonly tickets: number;
  readonly tokens: Span;
  /** Absent: of no ticket can anybody say. */
  readonly usd?: Span;
  /** Tickets that `usd` says nothing of. */
  readonly unpriced: number;
  /** By agent and model, what that is based on. */
  readonly because: readonly string[];
}

/** From what half of such tickets took to what nearly all of them stayed below. */
interface Span {
  readonly low: number;
  readonly high: number;
}

/** A bar of the estimated timeline. */
export interface TimelineBar {
  readonly ticket: TicketId;
  readonly slot: number;
  readonly startMinutes: number;
  readonly endMinutes: number;
}

/**
 * What a run would do and does: pure value of the index, the options and the base. `--dry-run --json` prints it
 * (schema: tickets-schema/plan.json) and a run takes the very same value.
 */
export interface Plan {
  readonly version: 1;
  /** Hash of everything it was made from. */
  readonly id: string;
  readonly base?: Oid;
  readonly schedule: 'rolling' | 'batch';
  readonly order: 'slack' | 'priority';
  readonly conflictsRunning: 'prefer' | 'exclude' | 'ignore';
  /** How tickets with children were read. */
  readonly hierarchy?: 'containers' | 'literal';
  /** Absent: each ticket by itself. */
  readonly isolation?: 'epic';
  readonly slots: SlotChoice;
  /** Ids by batch. */
  readonly batches: readonly (readonly TicketId[])[];
  /** All open tickets: those that run and those that are blocked, in index order. */
  readonly tickets: readonly PlannedTicket[];
  readonly containers: readonly Container[];
  /** Cycles among open tickets, each as its shortest path, first id not repeated. */
  readonly cycles: readonly (readonly TicketId[])[];
  readonly refused: readonly { readonly id: TicketId; readonly reason: string }[];
  /** A run that has no end yet, and the tickets that are IN_PROGRESS by it. */
  readonly unfinished?: UnfinishedRun;
  readonly criticalPath: readonly TicketId[];
  /** max(critical path, work ÷ slots) in minutes. */
  readonly lowerBoundMinutes: number;
  readonly forecast: readonly Forecast[];
  readonly timeline: readonly TimelineBar[];
  readonly recommendedSlots: number;
  /** Absent: nothing will run. */
  readonly costs?: CostForecast;
  /** Components that can proceed side by side (no dependency or file in common with another's open tickets). */
  readonly components: readonly ComponentPlan[];
  readonly counts: Readonly<
    Record<'total' | 'completed' | 'open' | 'runnable' | 'blocked', number>
  >;
  /** Things a reader should know: ignored dependencies on an ancestor, stale fields, limits of the forecast. */
  readonly notes: readonly string[];
}

/** A run that is going on, or was interrupted and is gone on with by the next start. */
export interface UnfinishedRun {
  readonly run: string;
  /** Absent: tickets. */
  readonly backlog?: Backlog;
  readonly isGoingOn: boolean;
  readonly tickets: readonly TicketId[];
}

export interface ComponentPlan {
  readonly name: string;
  readonly tickets: readonly TicketId[];
  /** Components it must wait for, because one of its tickets depends on one of theirs. */
  readonly waitsFor: readonly string[];
  /** Components whose open tickets declare a file of one of its own. */
  readonly sharesFilesWith?: readonly string[];
  /** Estimated work of its open tickets, one after the other. */
  readonly minutes: number;
}
