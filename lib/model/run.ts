import type { TicketId } from './ids.js';
import type { ModelChoice, ModelTier } from './model-choice.js';
import type { CostForecast } from './plan.js';
import type { Confirm } from './question.js';
import type { Priority, TicketScript } from './ticket.js';

/** The keys of one agent, by their ids: `key-1`, `key-2`, … */
export interface CredentialPool {
  /** Name of the agent, as tickets have it. */
  readonly agent: string;
  readonly keys: readonly {
    readonly id: string;
    /** Attempts at once that may hold it. */
    readonly maxConcurrent: number;
    /** Calls within any minute. Absent: no limit. */
    readonly perMinute?: number;
  }[];
  /** How long an attempt keeps its lane while it waits for a key. */
  readonly waitMs: number;
}

/** What calls of an agent with a model have cost, as far as anybody can say before one is made. Integer micro-dollars. */
export interface CallEstimate {
  readonly agent: string;
  /** As it is asked for; absent: the agent's own. */
  readonly model?: string;
  /** What few calls go beyond: reserved for each before it starts. Absent: nobody can say, for the reason in `because`. */
  readonly microUsd?: number;
  /** What half of them stay below. Absent: assumed, not measured. */
  readonly typicalMicroUsd?: number;
  /** `from 34 earlier calls`, `no history: …`. */
  readonly because: string;
}

/** What a run with a cost limit goes by: seen when it began, so that whoever goes on with it sees the same. */
export interface Budget {
  readonly calls: readonly CallEstimate[];
  /** By agent: what its tickets may be moved down to when the limit is near. Absent: no models are chosen. */
  readonly tiers?: Readonly<Record<string, { readonly [Tier in ModelTier]?: string | undefined }>>;
}

/** What a run was started with, after flags, environment, file and defaults; all the engine may look at. */
export interface RunOptions {
  readonly slots: number;
  readonly schedule: 'rolling' | 'batch';
  readonly order: 'slack' | 'priority';
  readonly conflictsRunning: 'prefer' | 'exclude' | 'ignore';
  /** How often a ticket may be given to an agent again after a conflict. */
  readonly conflictAttempts: number;
  /** How often a ticket may be given to an agent again after a rate limit. Absent: never. */
  readonly rateLimitRetries?: number;
  readonly commits: 'squash' | 'keep';
  /** Verifications at once. Absent in old journals: 1. */
  readonly checkSlots?: number;
  /** each (default): every landed commit is verified; tips: every published tip is. */
  readonly landVerify?: 'each' | 'tips';
  /** Start at most this many tickets. */
  readonly limit?: number;
  readonly maxCostMicroUsd?: number;
  /** Absent: there is no cost limit, or the journal is older: then nothing is reserved. */
  readonly budget?: Budget;
  /** What it was expected to use when it began. Absent in old journals. */
  readonly expected?: CostForecast;
  /** Agents with keys of their own. Absent, or not among them: the agent has the user's account. */
  readonly pools?: readonly CredentialPool[];
  /** False: nothing is verified (`verify: none`). */
  readonly hasChecks: boolean;
  /** Where it asks its human. Absent: nowhere. */
  readonly confirm?: Confirm;
  /** The number of the last session before this run, which numbers its own from there. Absent: none was. */
  readonly sessionsBefore?: number;
  readonly requestedSlots: number | 'auto' | 'sequential';
  /** What made it that many slots, in order (model/plan: SlotChoice). */
  readonly slotsBecause?: readonly string[];
}

/** An open ticket that a run cannot start, and the chain of what it waits for, nearest first. */
export interface BlockedTicket {
  readonly id: TicketId;
  readonly by: readonly string[];
}

/** What the engine needs of a ticket that this run will work on. */
export interface RunTicket {
  readonly id: TicketId;
  readonly title: string;
  /** Open tickets of this run that must land first. */
  readonly dependsOn: readonly TicketId[];
  /** Declared files in common: not side by side where it can be helped. */
  readonly conflictsWith: readonly TicketId[];
  /**
   * The files behind that, folders as the declared files below them: two tickets with an equal entry conflict. What is
   * listed here need not be in `conflictsWith`, which is cut when thousands share a file.
   */
  readonly files?: readonly string[];
  readonly priority: Priority;
  readonly inheritedPriority: Priority;
  readonly estimateMinutes: number;
  readonly tailMinutes: number;
  readonly batch: number;
  readonly order: number;
  readonly scripts: readonly TicketScript[];
  /** Subject and body of the commit it lands as, without trailers. */
  readonly message: string;
  readonly component: string;
  /** With `isolation: epic`: what it belongs to (engine/epics). */
  readonly epic?: string;
  readonly agent: string;
  /** The ticket's type, lower case. Absent in old journals. */
  readonly type?: string;
  /** Absent: the agent's own model. */
  readonly model?: ModelChoice;
}
