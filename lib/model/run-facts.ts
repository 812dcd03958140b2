import type { Backlog } from './backlog.js';
import type { Failure } from './failure.js';
import type { Oid, RunId, TicketId } from './ids.js';
import type { Answer, Confirm, Question } from './question.js';
import type { BlockedTicket, RunOptions, RunTicket } from './run.js';
import type { Verdict } from './work.js';

/** What becomes of the run as a whole, what it asks a human, and what of it is written into the index. */
export type RunFact =
  | {
      readonly type: 'run.planned';
      readonly run: RunId;
      readonly plan: string;
      /** Absent: tickets, as in old journals. */
      readonly backlog?: Backlog;
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
  | { readonly type: 'run.finished'; readonly exitCode: number };
