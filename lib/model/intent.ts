import type { AttemptAddress, LaneName, Oid, TicketId } from './ids.js';
import type { TicketChange, TicketScript } from './ticket.js';

/**
 * An outside action with everything needed to do it or to do it again: the same object ids, never a recipe.
 * Opened by one event and closed by another; `key` is its idempotency key within the run.
 */
export type Intent =
  | LanePrepare
  | AgentRun
  | CredentialRest
  | CredentialWait
  | WorkHarvest
  | ScriptsRun
  | CandidateBuild
  | ChecksRun
  | RefMove
  | TargetLook
  | TicketProject
  | IndexCommit
  | RunDeliver;

export type IntentKind = Intent['kind'];
export type IntentOf<Kind extends IntentKind> = Extract<Intent, { readonly kind: Kind }>;

/** Make or reuse a lane at `base`, clean, set up, with no process left in it. */
export interface LanePrepare {
  readonly kind: 'lane.prepare';
  readonly key: string;
  readonly lane: LaneName;
  readonly attempt: AttemptAddress;
  readonly ticket: TicketId;
  readonly base: Oid;
  /** Earlier work of the ticket that shall lie in the lane, as changes of the base, where it fits onto that. */
  readonly earlier?: Oid;
}

/** Call the agent in a prepared lane. `round` counts the calls within one attempt, from 1. */
export interface AgentRun {
  readonly kind: 'agent.run';
  readonly key: string;
  readonly lane: LaneName;
  readonly attempt: AttemptAddress;
  readonly ticket: TicketId;
  readonly base: Oid;
  readonly round: number;
  readonly ask: AgentAsk;
  /** The session to go on with, where the CLI can. */
  readonly sessionId?: string;
  /** Id of the key that it is called with. Absent: its agent has no pool. */
  readonly credential?: string;
  /** The model to use; absent: the agent's own. */
  readonly model?: string;
}

/** Let a key rest until an instant. */
export interface CredentialRest {
  readonly kind: 'credential.rest';
  readonly key: string;
  readonly agent: string;
  /** Id of the key. */
  readonly credential: string;
  /** ISO 8601. */
  readonly until: string;
}

/** Let an attempt wait for a key no longer than until an instant. */
export interface CredentialWait {
  readonly kind: 'credential.wait';
  readonly key: string;
  readonly agent: string;
  readonly attempt: AttemptAddress;
  readonly ticket: TicketId;
  /** ISO 8601. */
  readonly until: string;
}

/** What the prompt is about. */
export type AgentAsk =
  | FirstAsk
  /** Its last call met a limit: go on with what it was asked, with another key or later. */
  | { readonly kind: 'continue'; readonly asked: FirstAsk };

/** What an agent can be asked that was not cut off by a limit. */
export type FirstAsk =
  | { readonly kind: 'ticket' }
  /** The earlier work conflicted with what landed: do it again on the new base. */
  | {
      readonly kind: 'conflict';
      readonly files: readonly string[];
      readonly earlierWork: Oid;
      /** What a human wanted changed who sent the ticket back before. */
      readonly note?: string;
    }
  /** A human saw the work and sent it back: go on with it as the note says. */
  | {
      readonly kind: 'review';
      readonly note: string;
      readonly earlierWork: Oid;
      /** It lies in the lane; false: it does not fit onto the new base. */
      readonly isInLane: boolean;
    }
  /** The ticket's own scripts failed: mend it. */
  | {
      readonly kind: 'fix';
      readonly script: string;
      readonly output: string;
      /** As of a conflict. */
      readonly note?: string;
    };

/** What an agent was asked before any limit. */
export const firstAsk = (ask: AgentAsk): FirstAsk => (ask.kind === 'continue' ? ask.asked : ask);

/** Take what an attempt left in its lane, keep it under a ref, drop edits of tickets. */
export interface WorkHarvest {
  readonly kind: 'work.harvest';
  readonly key: string;
  readonly lane: LaneName;
  readonly attempt: AttemptAddress;
  readonly ticket: TicketId;
  readonly base: Oid;
}

/** Run the ticket's own scripts, in order, in its lane on what was harvested. */
export interface ScriptsRun {
  readonly kind: 'scripts.run';
  readonly key: string;
  readonly lane: LaneName;
  readonly attempt: AttemptAddress;
  readonly ticket: TicketId;
  readonly work: Oid;
  readonly scripts: readonly TicketScript[];
}

/** A ticket, or intake, and the commit that it lands as. */
export interface Candidate {
  readonly ticket: TicketId;
  readonly commit: Oid;
}

/** Merge `work` (a commit on `base`) onto `onto` without a checkout and make the commit that would land. */
export interface CandidateBuild {
  readonly kind: 'candidate.build';
  readonly key: string;
  readonly ticket: TicketId;
  /** Absent: an intake; `work` is where the target stands, `base` what of it the run holds. */
  readonly attempt?: AttemptAddress;
  readonly work: Oid;
  readonly base: Oid;
  /** `base` is other work that lands by itself: only what was done since is merged. */
  readonly isOnWork?: true;
  readonly onto: Oid;
  /** Head of the run's branch when `onto` is another: what lies between has not landed yet. */
  readonly tip?: Oid;
  /** What lies between, in order, the last of them `onto`. */
  readonly ahead?: readonly Candidate[];
  /** Commits to land one by one (`land.commits: keep`); empty: one squashed commit. */
  readonly commits: readonly Oid[];
  /** Whole message, trailers included. */
  readonly message: string;
  /** ISO 8601: author and committer date, so that redoing it makes the same object. */
  readonly at: string;
  /** Name of the candidate under refs/sage/candidate/. */
  readonly name: string;
}

/** Run the project's checks on exactly this commit's tree. `purpose` base: may the run start at all? */
export interface ChecksRun {
  readonly kind: 'checks.run';
  readonly key: string;
  readonly purpose: 'base' | 'landing';
  readonly ticket?: TicketId;
  /** The verification lane: nobody else's as long as this is open. Absent in old journals: check-1. */
  readonly lane?: string;
  readonly commit: Oid;
  readonly tree: Oid;
}

/** Compare-and-swap of the run's branch in the depot, then its publication in the user's repository. */
export interface RefMove {
  readonly kind: 'ref.move';
  readonly key: string;
  /** `<run>/<ticket>`, the Land-Id trailer; `<run>/bookkeeping` for the last commit. */
  readonly landId: string;
  /** The first that lands with this move. */
  readonly ticket?: TicketId;
  readonly old: Oid;
  readonly new: Oid;
  /** All that lands with it, in order, the last as `new`; absent: `ticket` alone. */
  readonly group?: readonly Candidate[];
}

/** See where the target branch stands in the user's repository. */
export interface TargetLook {
  readonly kind: 'target.look';
  readonly key: string;
  readonly target: string;
}

/** Write ticket states back to the checkout's index. */
export interface TicketProject {
  readonly kind: 'ticket.project';
  readonly key: string;
  readonly changes: readonly TicketChange[];
}

/** Build the one commit that holds the final ticket states, where the index is tracked. */
export interface IndexCommit {
  readonly kind: 'index.commit';
  readonly key: string;
  readonly onto: Oid;
  readonly message: string;
  readonly at: string;
}

/** Bring the run's branch into the target, or leave it and say how. */
export interface RunDeliver {
  readonly kind: 'run.deliver';
  readonly key: string;
  readonly tip: Oid;
  readonly target: string;
  /** Somebody asked for it: main and master may be moved, too. */
  readonly mayMoveProtected?: true;
}
