import type { AgentOutcome } from '../model/agent.js';
import type { Backlog } from '../model/backlog.js';
import type { BudgetMark } from '../model/budget-event.js';
import type { KeyLack } from '../model/credential-facts.js';
import type { EventOf } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { AttemptAddress, LaneName, Oid, RunId, TicketId } from '../model/ids.js';
import type { AgentAsk, Intent } from '../model/intent.js';
import type { ModelChoice } from '../model/model-choice.js';
import type { Confirm, Question } from '../model/question.js';
import type { PlacedReport } from '../model/report.js';
import type { BlockedTicket, RunOptions, RunTicket } from '../model/run.js';
import type { TicketChange } from '../model/ticket.js';
import type { CheckResult, Harvest, KnownFailures, Verdict } from '../model/work.js';
import type { Mended } from './baseline.js';
import type { EpicPart } from './epic-parts.js';
import type { IntakeState, LandingState } from './landing-state.js';
import type { PoolRun } from './pool-state.js';
import type { Queue } from './queue.js';

/**
 * Everything a run knows: the fold of its events and nothing else. Owned and changed in place by the one loop that
 * applies events (`apply`); everybody else reads.
 */
export interface RunState {
  run: RunId;
  backlog: Backlog;
  directory: string;
  base: Oid;
  baseTree: Oid;
  target: string;
  branch: string;
  options: RunOptions;
  /** Slots in use now: `options.slots`, less what a failing machine took away. */
  slots: number;
  slotHistory: SlotHistory;
  /** Head of the run's branch. */
  tip: Oid;
  tickets: Map<TicketId, TicketRun>;
  /** Open tickets that could not start from the beginning. */
  blocked: readonly BlockedTicket[];
  /** Open children by container. */
  containers: Map<TicketId, Set<TicketId>>;
  /** Containers without an open child, not yet completed. */
  emptyContainers: TicketId[];
  completedContainers: TicketId[];
  /** Attempts that hold a lane. */
  active: Map<AttemptAddress, AttemptRun>;
  queue: Queue;
  /** With `isolation: epic`: what each ticket lands with. */
  readonly parts: ReadonlyMap<TicketId, EpicPart>;
  landing: LandingState;
  intake: IntakeState;
  /** Tickets that just left an attempt or the landing queue and wait for the word on what becomes of them. */
  settling: Settling[];
  /** An outside fault that must slow or stop the run, not yet answered. */
  trouble?: Failure;
  /** Why the run cannot go on in this process: everything is left as it is. */
  suspended?: Failure;
  baseCheck: 'none' | 'wanted' | 'open' | 'green' | 'red';
  baseVerdict?: Verdict;
  baseFailure?: Failure;
  /** What failed on the base and on all that landed since: no reason to reject a candidate. */
  baseline: readonly KnownFailures[];
  /** What landed tickets mended of it, in order. */
  mended: Mended[];
  stop?: { readonly mode: 'drain' | 'cancel'; readonly by: string; readonly failure?: Failure };
  /** Tickets that somebody asked to give back; each says in `cancelledBy` who. */
  cancelling: Set<TicketId>;
  /** Who paused it. */
  paused?: string;
  /** Tickets to be tried again that met a rate limit, and no agent has ended without one since; longest first. */
  cooling: Set<TicketId>;
  /** Where its human is asked; absent: nowhere. */
  confirm?: Confirm;
  /** What is asked now. */
  question?: OpenQuestion;
  /** What may be begun without asking (again). */
  readonly approved: { readonly tickets: Set<TicketId>; readonly components: Set<string> };
  limited: Failure[];
  /** By agent; those without one have the user's own account. */
  pools: ReadonlyMap<string, PoolRun>;
  /** Agents of its tickets. */
  readonly agents: ReadonlySet<string>;
  /** Agents without a pool whose account is refused, or used up. */
  readonly out: Map<string, Failure>;
  /** A slot is free and waits for a key, since then. */
  lacking?: { readonly agent: string; readonly why: KeyLack; since: string };
  /** Time in which slots or agents waited for a key, in milliseconds. */
  keyWaitMs: number;
  projection: ProjectionState;
  ending: 'no' | 'bookkeeping' | 'booked' | 'moving' | 'moved' | 'delivering' | 'delivered';
  delivery?: Pick<EventOf<'run.delivered'>, 'how' | 'why' | 'command'>;
  /** The run's branch in the user's repository is behind, because of this. */
  unpublished?: Failure;
  bookkeeping?: Oid;
  bookkeepingFailure?: Failure;
  open: Map<string, Intent>;
  started: number;
  /** Number of the last call of an agent. */
  sessions: number;
  /** Of all calls of agents, however they ended; told and priced. */
  costMicroUsd: number;
  /** Of that, what was computed from tokens. */
  pricedMicroUsd: number;
  /** Attempts of which a call cost nobody knows what. */
  readonly unknownCosts: Set<AttemptAddress>;
  tokens: number;
  /** The latest mark of the cost limit that was passed and told. */
  warned?: BudgetMark;
  /** When it began, moved on by the time in which it was interrupted. */
  startedAt: string;
  lastAt: string;
  finished?: { readonly exitCode: number; readonly at: string };
  /** It had finished, so, and is being delivered again. */
  reopened?: {
    readonly exitCode: number;
    readonly endedAt: string;
    readonly stop?: NonNullable<RunState['stop']>;
  };
  seq: number;
}

/** A question that waits for its answer. */
export type OpenQuestion = Question & {
  /** Number of the record that asked. */
  readonly asked: number;
  readonly at: string;
};

/** What slots are taken away and given back by; starts anew when the run is resumed. */
export interface SlotHistory {
  /** Agents that ended without an outside fault since the number of slots last changed. */
  clean: number;
  /** When one was last taken away, and for what. */
  taken?: { readonly at: string; readonly isRateLimit: boolean };
  /** How many were given back: each makes the next one dearer. */
  givenBack: number;
  /** Instants of the rate limits that were not answered yet. */
  rateLimits: string[];
}

export type TicketPhase =
  'waiting' | 'active' | 'queued' | 'landing' | 'landed' | 'deferred' | 'released';

/** What a ticket's last step ended in. */
export interface Settling {
  readonly ticket: TicketId;
  readonly attempt?: AttemptAddress;
  readonly result: 'worked' | 'failed' | 'cancelled';
  readonly failure?: Failure;
  /** cancelled: why, when nobody cancelled it by name. */
  readonly why?: string;
}

/** One ticket within a run. */
export interface TicketRun {
  readonly ticket: RunTicket;
  phase: TicketPhase;
  /** Tries that were really begun. */
  attempts: number;
  /** Attempts numbered so far: their addresses are never used twice. */
  numbered: number;
  /** Attempts made because of a conflict. */
  conflicts: number;
  /** Attempts that ended in a rate limit and were made again. */
  throttled: number;
  /** Its last attempt gave its lane up while it waited for a key. */
  hasWaited?: true;
  /** How often a human sent it back. */
  sentBack: number;
  /** What its agents told beside their work, each once. */
  readonly reports: PlacedReport[];
  /** What they wanted changed, the last time. */
  note?: string;
  /** What the next attempt is about, when it is not the first. */
  again?: AgentAsk;
  attempt?: AttemptAddress;
  /** What its latest attempt worked with; absent: the agent's own model. */
  model?: ModelChoice;
  /** What all its calls have used. Absent: none has ended. */
  used?: TicketUse;
  /** The cost limit gave it back. */
  unaffordable?: Failure;
  harvest?: Harvest;
  /** Where its latest work is kept in the depot. */
  kept?: string;
  failure?: Failure;
  why?: string;
  /** Who asked that this ticket alone be given back. */
  cancelledBy?: string;
  commit?: Oid;
  verdict?: Verdict;
  times: TicketTimes;
}

/** Of a ticket's calls, however they ended. Integer micro-dollars. */
export interface TicketUse {
  calls: number;
  tokens: number;
  microUsd: number;
  dearestMicroUsd: number;
  /** A call of it cost nobody knows what. */
  isPartlyUnknown?: true;
  /** The model that it told last. */
  model?: string;
}

/** Sums in milliseconds; instants are ISO 8601. */
export interface TicketTimes {
  firstStartedAt?: string;
  landedAt?: string;
  attemptMs: number;
  agentMs: number;
  laneMs: number;
  setupMs: number;
  landingMs: number;
  waitedForLandingMs: number;
  queuedAt?: string;
}

/** Steps that end in -ing have an open intent; the others wait for a decision. */
export type AttemptStep =
  | 'preparing'
  | 'prepared'
  | 'awaiting'
  | 'unprepared'
  | 'working'
  | 'worked'
  | 'harvesting'
  | 'harvested'
  | 'proving'
  | 'proved';

/** One attempt that holds a lane. */
export interface AttemptRun {
  readonly address: AttemptAddress;
  readonly ticket: TicketId;
  readonly lane: LaneName;
  readonly base: Oid;
  ask: AgentAsk;
  startedAt: string;
  step: AttemptStep;
  round: number;
  /** Number of its latest call. */
  session: number;
  /** What the agent is asked, or was asked last. */
  nextAsk: AgentAsk;
  outcome?: AgentOutcome;
  harvest?: Harvest;
  failure?: Failure;
  scripts: readonly CheckResult[];
  /** Fix rounds that came to an end, by script name. */
  fixes: Map<string, number>;
  /** Id of the key that is leased to it. */
  credential?: string;
  /** What it works with; absent: the agent's own. */
  readonly model?: ModelChoice;
  /** Micro-dollars of the cost limit that are held for its call. */
  reserved?: number;
  /** What its call had cost when that was told last. */
  running?: number;
  /** The cost limit ends its call. */
  overspent?: Failure;
  /** For the step `awaiting`: since when and how long, at most, it waits for a key. ISO 8601. */
  wait?: { since: string; readonly until: string; readonly why: KeyLack };
}

/** Ticket states on their way into the index, in order. */
export interface ProjectionState {
  pending: TicketChange[];
  /** So many of `pending`, from the front, are being written. */
  inFlight: number;
  /** All that was written, or should have been, in order. */
  done: TicketChange[];
  /** What could not be written, the last of each ticket: it goes with the next write. */
  unwritten: TicketChange[];
  /** SHA-256 of the index as this run wrote it last. */
  hash?: string;
  notes: string[];
  failure?: Failure;
}
