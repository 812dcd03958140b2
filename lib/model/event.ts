import type { AgentOutcome } from './agent.js';
import type { Failure } from './failure.js';
import type { AttemptAddress, LaneName, Oid, RunId, TicketId } from './ids.js';
import type { AgentAsk, Candidate, Intent } from './intent.js';
import type { Answer, Confirm, Question } from './question.js';
import type { BlockedTicket, RunOptions, RunTicket } from './run.js';
import type { CheckResult, Harvest, Verdict } from './work.js';

/** Why there is no key: all are in use (exhausted), or the API or a limit of ours refuses those that are not. */
export interface KeyLack {
  readonly kind: 'exhausted' | 'limited';
  /** Each key by its id and what keeps it: `key-1 rests until 14:05:10 UTC (…)`, `key-2 is in use`. */
  readonly keys: readonly string[];
}

/** Facts, in the order they became true. Names are noun.past-tense; see ARCHITECTURE.md for the life of a ticket. */
export type EventBody =
  | {
      readonly type: 'run.planned';
      readonly run: RunId;
      readonly plan: string;
      readonly repository: string;
      /** The run's directory: logs are named relative to it. */
      readonly directory: string;
      readonly base: Oid;
      readonly baseTree: Oid;
      readonly target: string;
      readonly branch: string;
      readonly options: RunOptions;
      readonly tickets: readonly RunTicket[];
      /** Open tickets that were asked for and cannot start in this run. */
      readonly blocked?: readonly BlockedTicket[];
      /** Containers with the ids of their children that are not done yet. */
      readonly containers: readonly { readonly id: TicketId; readonly open: readonly TicketId[] }[];
    }
  | {
      readonly type: 'run.resumed';
      readonly by: string;
      /** Where it asks from now on; absent: as before. */
      readonly confirm?: Confirm | 'nowhere';
    }
  /** A finished run goes on with its delivery alone, because somebody asked for that: main and master move, too. */
  | { readonly type: 'run.reopened'; readonly by: string }
  | {
      readonly type: 'run.stop-requested';
      readonly mode: 'drain' | 'cancel';
      readonly by: string;
      readonly failure?: Failure;
    }
  /** Nothing new starts until it is continued; what runs finishes and lands. */
  | { readonly type: 'run.paused'; readonly by: string }
  | { readonly type: 'run.continued'; readonly by: string }
  /** The run waits for a human. */
  | { readonly type: 'question.asked'; readonly question: Question }
  | {
      readonly type: 'question.answered';
      /** Number of the record that asked. */
      readonly asked: number;
      readonly question: Question;
      readonly answer: Answer;
      readonly by: string;
    }
  /** Nobody needs to answer it any more. */
  | {
      readonly type: 'question.withdrawn';
      readonly asked: number;
      readonly question: Question;
      readonly why: string;
    }
  /** Its agent is ended, its work kept; what becomes of it is told by ticket.released. */
  | { readonly type: 'ticket.cancel-requested'; readonly ticket: TicketId; readonly by: string }
  /** It was deferred or given back, and somebody wants it tried again in this run. */
  | { readonly type: 'ticket.retried'; readonly ticket: TicketId; readonly by: string }
  | { readonly type: 'run.limited'; readonly slots: number; readonly failure: Failure }
  /** One of the slots taken away is used again. */
  | { readonly type: 'run.relieved'; readonly slots: number; readonly why: string }
  /**
   * An outside fault that passes keeps the run from going on: nothing new begins, what runs ends, and the process stops.
   * The intent that met it stays open, so that who resumes the run takes it up again.
   */
  | { readonly type: 'run.suspended'; readonly failure: Failure }
  | { readonly type: 'base.check-started' }
  | { readonly type: 'base.checked'; readonly verdict?: Verdict; readonly failure?: Failure }
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
    }
  /** The API refuses this key for now, or its calls of a minute are used up (no failure): nobody gets it until then. */
  | {
      readonly type: 'credential.cooled';
      readonly agent: string;
      readonly credential: string;
      readonly until: string;
      readonly failure?: Failure;
    }
  | { readonly type: 'credential.rested'; readonly agent: string; readonly credential: string }
  /** This key is of no more use in this run. */
  | {
      readonly type: 'credential.spent';
      readonly agent: string;
      readonly credential: string;
      readonly failure: Failure;
    }
  /** An attempt needs a key to go on and there is none now: it keeps its lane and waits, but not for ever. */
  | {
      readonly type: 'credential.awaited';
      readonly ticket: TicketId;
      readonly attempt: AttemptAddress;
      readonly agent: string;
      /** What it will ask with the key. */
      readonly ask: AgentAsk;
      readonly why: KeyLack;
      readonly until: string;
    }
  | { readonly type: 'credential.waited'; readonly attempt: AttemptAddress }
  /** A slot is free and a ticket is ready, but no key of its agent is. */
  | {
      readonly type: 'credential.lacked';
      readonly agent: string;
      readonly why: KeyLack;
      /** Agents at work. */
      readonly running: number;
      readonly slots: number;
    }
  /** No slot is free for want of a key any more. */
  | { readonly type: 'credential.sufficed' }
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
       */
      readonly result:
        'worked' | 'failed' | 'cancelled' | 'not-begun' | 'interrupted' | 'throttled' | 'waited';
      readonly failure?: Failure;
    }
  | {
      readonly type: 'landing.queued';
      readonly ticket: TicketId;
      readonly attempt: AttemptAddress;
      readonly work: Oid;
      readonly base: Oid;
    }
  | { readonly type: 'landing.started'; readonly ticket: TicketId; readonly onto: Oid }
  | {
      readonly type: 'landing.prepared';
      readonly ticket: TicketId;
      readonly commit: Oid;
      readonly tree: Oid;
      readonly onto: Oid;
      readonly files: number;
    }
  | {
      readonly type: 'landing.conflicted';
      readonly ticket: TicketId;
      readonly onto: Oid;
      readonly files: readonly string[];
    }
  | { readonly type: 'landing.emptied'; readonly ticket: TicketId; readonly onto: Oid }
  /** It does not fit onto something that has not landed yet, which is no verdict: it waits for that. */
  | {
      readonly type: 'landing.set-aside';
      readonly ticket: TicketId;
      readonly behind: TicketId;
      /** In conflict; empty: nothing of it would be left. */
      readonly files: readonly string[];
    }
  /** land.verify tips: the candidates that are verified next, in the order of the chain. */
  | { readonly type: 'landing.section-picked'; readonly tickets: readonly TicketId[] }
  | { readonly type: 'landing.check-started'; readonly ticket: TicketId }
  | { readonly type: 'landing.verified'; readonly ticket: TicketId; readonly verdict: Verdict }
  /** Its checks were stopped: the run was cancelled, or nobody waits for them any more. */
  | { readonly type: 'landing.check-cancelled'; readonly ticket: TicketId }
  /** A verification lane cannot be made: there is one less from now on. */
  | {
      readonly type: 'landing.limited';
      readonly lane: string;
      readonly slots: number;
      readonly failure: Failure;
    }
  | {
      readonly type: 'landing.moving';
      /** The first of those that land with this move. */
      readonly ticket: TicketId;
      readonly old: Oid;
      readonly new: Oid;
    }
  | {
      readonly type: 'landing.landed';
      readonly ticket: TicketId;
      readonly commit: Oid;
      readonly ms: number;
      /** It was already there: found by its Land-Id when asked after a crash. */
      readonly recovered?: boolean;
      /** It is on the run's branch in the depot, but could not be copied to the user's repository. */
      readonly unpublished?: Failure;
      /** Landed by the same move, on top of it; each is told next by an event of its own. */
      readonly rest?: readonly Candidate[];
      /** Where the target branch stood then. */
      readonly target?: Oid;
    }
  | {
      readonly type: 'landing.bounced';
      readonly ticket: TicketId;
      /**
       * stale: the branch moved, build again; behind: what it was built onto changed or left, build again;
       * failed: an outside fault, see failure.
       */
      readonly why: 'stale' | 'behind' | 'failed';
      readonly tip?: Oid;
      readonly failure?: Failure;
    }
  | {
      readonly type: 'ticket.deferred';
      readonly ticket: TicketId;
      readonly failure: Failure;
      readonly kept?: string;
    }
  /** It goes back to UNPROCESSED: cancelled, or never really begun. */
  | { readonly type: 'ticket.released'; readonly ticket: TicketId; readonly why: string }
  | { readonly type: 'target.asked' }
  /** Absent tip: there is no such branch (any more), or it could not be read. */
  | { readonly type: 'target.seen'; readonly tip?: Oid; readonly failure?: Failure }
  /** The target moved: what it has now is merged into the run's branch, in its turn. `ticket` names the intake. */
  | { readonly type: 'intake.queued'; readonly ticket: TicketId; readonly target: Oid }
  /** The run's branch holds it already. */
  | { readonly type: 'intake.contained'; readonly ticket: TicketId }
  /** It was not merged: the run's branch stays beside the target. */
  | {
      readonly type: 'intake.left';
      readonly ticket: TicketId;
      readonly failure: Failure;
      /** The target lacks commits that it had: nothing is guessed about that. */
      readonly isRewound?: boolean;
    }
  | { readonly type: 'container.completed'; readonly ticket: TicketId }
  | { readonly type: 'tickets.projecting'; readonly tickets: readonly TicketId[] }
  | {
      readonly type: 'tickets.projected';
      readonly tickets: readonly TicketId[];
      /** SHA-256 of the index after the write. */
      readonly hash?: string;
      /** Things somebody else changed meanwhile, told to the user. */
      readonly notes: readonly string[];
      readonly failure?: Failure;
    }
  | { readonly type: 'bookkeeping.started' }
  | {
      readonly type: 'bookkeeping.prepared';
      /** Absent: the index is not tracked or nothing changed. */
      readonly commit?: Oid;
      readonly failure?: Failure;
    }
  | { readonly type: 'bookkeeping.moving'; readonly old: Oid; readonly new: Oid }
  | {
      readonly type: 'bookkeeping.landed';
      /** Absent: the branch could not be moved, see failure. */
      readonly commit?: Oid;
      readonly failure?: Failure;
      /** As for landing.landed. */
      readonly unpublished?: Failure;
    }
  | { readonly type: 'run.delivering' }
  | {
      readonly type: 'run.delivered';
      /** forwarded: the target now stands at the run's tip. left: it waits on the run's branch. */
      readonly how: 'forwarded' | 'left' | 'nothing';
      readonly why: string;
      /** The one command that finishes it, when left. */
      readonly command?: string;
      /** The run's branch could not be copied into the user's repository. */
      readonly unpublished?: Failure;
      /** What git said that would not move the target. */
      readonly failure?: Failure;
    }
  | { readonly type: 'run.finished'; readonly exitCode: number };

export type EventType = EventBody['type'];

/** What `decide` and the effects produce; the journal adds seq and at. */
export type EventDraft = EventBody & {
  readonly opens?: Intent;
  /** Key of the intent whose end this event tells. */
  readonly closes?: string;
};

/** A line of the journal. Internal: may change with the version; see PublicEvent for the stable form. */
export type RunEvent = EventDraft & {
  readonly v: 2;
  readonly seq: number;
  /** ISO 8601 with milliseconds, UTC. */
  readonly at: string;
};

export type EventOf<Type extends EventType> = Extract<EventBody, { readonly type: Type }>;
