import type { Place } from './failure.js';
import type { TicketId } from './ids.js';

/** The only states ever written to an index. */
export type TicketState = 'UNPROCESSED' | 'IN_PROGRESS' | 'COMPLETED' | 'DEFERRED';

/** 0 is the most urgent (P0), 4 the least. */
export type Priority = 0 | 1 | 2 | 3 | 4;

/** One piece of wanted work, normalised from an index; what the index says otherwise stays in its text. */
export interface Ticket {
  readonly id: TicketId;
  /** The index's title, else the id. */
  readonly title: string;
  readonly state: TicketState;
  readonly priority: Priority;
  /** Lower case, as written: the vocabularies differ between writers and decide nothing. */
  readonly type: string;
  /** Lower case; `generic` where the index says nothing. */
  readonly validationType: string;
  readonly description: string;
  readonly acceptanceCriteria: readonly string[];
  /** Ids that must be done first: `dependencies`, `depends_on` and `blockedBy`, without repeats, as spelled (no `#`). */
  readonly dependencies: readonly TicketId[];
  /** Ids that wait for this one (`blocks`). */
  readonly blocks: readonly TicketId[];
  readonly parent?: TicketId;
  readonly children: readonly TicketId[];
  /** The `component` field, else the id up to its last hyphen (`LLM-CLIENT-002` → `LLM-CLIENT`). */
  readonly component: string;
  /** Documents it names, relative to the repository, each once. */
  readonly documents: readonly TicketDocument[];
  /** Files it declares it will change: `targetFiles` and the sub-tasks' `files`. */
  readonly files: readonly string[];
  readonly subtasks: readonly Subtask[];
  /** `validation_config.verification_scripts`. */
  readonly scripts: readonly TicketScript[];
  /** Story points or the like, where the index has any of its spellings. */
  readonly effortPoints?: number;
  /** Hours, where the index estimates in time. */
  readonly effortHours?: number;
  /** The adapter or configured agent that this ticket asks for. */
  readonly agent?: string;
  /** The tier or model that it asks for: `force_model`, of its own or under `metadata`. */
  readonly forceModel?: string;
  /** Why it was deferred, from any of the five spellings. */
  readonly deferReason?: string;
  /** `lightweight` and `legacy` tickets are history and never run. */
  readonly isHistory: boolean;
  /** Where it stands in the index. */
  readonly where: Place;
}

export interface TicketDocument {
  /** `spec`, `plan`, `tasks`, `breakdown`, … */
  readonly role: string;
  readonly path: string;
}

/** A step inside a ticket, done in order by the ticket's one agent. */
export interface Subtask {
  readonly id: string;
  readonly description: string;
  readonly type: string;
  readonly isDone: boolean;
  readonly files: readonly string[];
  /** Shell command line that proves it; absent: nothing to run. */
  readonly script?: TicketScript;
}

/** A command of the ticket's own that must succeed on its work. */
export interface TicketScript {
  readonly name: string;
  /** Run by `sh -c` in the lane. */
  readonly command: string;
  /** Must occur in the output (tried as a regular expression, else as plain text). */
  readonly successPattern?: string;
  /** Milliseconds; default 300,000. */
  readonly timeoutMs: number;
  /** Further tries of the same command before it counts as failed. */
  readonly retries: number;
  /** Whether the agent is asked to mend it, and how often at most. */
  readonly autoFix: boolean;
  readonly maxFixes: number;
}

/** What the orchestrator writes back for one ticket; see tickets/write. */
export interface TicketChange {
  readonly ticket: TicketId;
  readonly state: TicketState;
  /** ISO 8601, UTC, seconds, `Z`. */
  readonly at: string;
  /** For DEFERRED: one readable line. */
  readonly reason?: string;
  /** For COMPLETED: the commit that landed and the run's branch. */
  readonly commit?: string;
  readonly branch?: string;
}
