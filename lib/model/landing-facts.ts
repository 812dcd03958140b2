import type { Failure } from './failure.js';
import type { AttemptAddress, Oid, TicketId } from './ids.js';
import type { Candidate } from './intent.js';
import type { Verdict } from './work.js';

/** What becomes of finished work on its way to the target: the chain, the intake, the bookkeeping commit, the delivery. */
export type LandingFact =
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
    };
