import type { AgentOutcome } from './agent.js';
import type { Failure } from './failure.js';
import type { AttemptAddress, LaneName, Oid, TicketId } from './ids.js';
import type { ModelChoice } from './model-choice.js';
import type { CheckResult, Harvest } from './work.js';

/** What becomes of an attempt, and of the ticket of one that does not land. */
export type AttemptFact =
  /** Its agent is ended, its work kept; what becomes of it is told by ticket.released. */
  | { readonly type: 'ticket.cancel-requested'; readonly ticket: TicketId; readonly by: string }
  /** It was deferred or given back, and somebody wants it tried again in this run. */
  | { readonly type: 'ticket.retried'; readonly ticket: TicketId; readonly by: string }
  | {
      readonly type: 'attempt.started';
      readonly ticket: TicketId;
      readonly attempt: AttemptAddress;
      readonly lane: LaneName;
      readonly base: Oid;
      /** review: a human sent it back. */
      readonly because: 'first' | 'conflict' | 'rate-limit' | 'review';
      /** Why this ticket now: shown by explain. */
      readonly reason: string;
      /** Id of the key that is leased to it. Absent: its agent has no pool. */
      readonly credential?: string;
      /** Micro-dollars of the cost limit that are held for its first call. Absent: no limit, or no estimate. */
      readonly reserved?: number;
      /** Another model than the ticket's, because of the cost limit. */
      readonly model?: ModelChoice;
    }
  | {
      readonly type: 'lane.prepared';
      readonly lane: LaneName;
      readonly attempt: AttemptAddress;
      readonly ms: number;
      readonly setupMs: number;
      readonly wasNew: boolean;
      /** The ticket's earlier work lies in it. */
      readonly holdsEarlier?: true;
      /** What was found broken, put aside or rescued on the way. */
      readonly notes?: readonly string[];
    }
  | {
      readonly type: 'lane.failed';
      readonly lane: LaneName;
      readonly attempt: AttemptAddress;
      readonly failure: Failure;
    }
  | {
      readonly type: 'agent.called';
      readonly attempt: AttemptAddress;
      readonly round: number;
      /** Its number among all calls of agents in this repository. Absent in old journals. */
      readonly session?: number;
      /** As for attempt.started, of a later call than its first. */
      readonly reserved?: number;
    }
  | {
      readonly type: 'agent.finished';
      readonly attempt: AttemptAddress;
      readonly round: number;
      readonly outcome: AgentOutcome;
    }
  | { readonly type: 'harvest.started'; readonly attempt: AttemptAddress }
  | {
      readonly type: 'work.harvested';
      readonly attempt: AttemptAddress;
      readonly harvest?: Harvest;
      readonly failure?: Failure;
    }
  | { readonly type: 'scripts.started'; readonly attempt: AttemptAddress }
  | {
      readonly type: 'scripts.finished';
      readonly attempt: AttemptAddress;
      readonly results: readonly CheckResult[];
      /** An outside fault: the lane was gone, or the run was cancelled. Not the ticket's. */
      readonly failure?: Failure;
    }
  | {
      readonly type: 'attempt.finished';
      readonly ticket: TicketId;
      readonly attempt: AttemptAddress;
      /**
       * not-begun: the lane could not be made ready; interrupted: it was cut off with the run that is now resumed, or by
       * an outside fault. Either way the ticket is not blamed and waits again. throttled: it met a rate limit, and is
       * tried again for that. waited: it gave its lane up while it waited for a key; the ticket waits on, for another.
       * cancelled: somebody gave the ticket back, or the cost limit did (`failure`).
       */
      readonly result:
        'worked' | 'failed' | 'cancelled' | 'not-begun' | 'interrupted' | 'throttled' | 'waited';
      readonly failure?: Failure;
    }
  | {
      readonly type: 'ticket.deferred';
      readonly ticket: TicketId;
      readonly failure: Failure;
      readonly kept?: string;
    }
  /** It goes back to UNPROCESSED: cancelled, or never really begun. */
  | { readonly type: 'ticket.released'; readonly ticket: TicketId; readonly why: string };
