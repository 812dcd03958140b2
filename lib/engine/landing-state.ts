import type { Failure } from '../model/failure.js';
import type { Oid, TicketId } from '../model/ids.js';
import type { Candidate } from '../model/intent.js';
import type { Verdict } from '../model/work.js';

/** The way onto the run's branch: what waits, and the chain of what is being landed. */
export interface LandingState {
  /** First come, first taken, but for those that wait for something of the chain. */
  queue: LandingWait[];
  /** In the order in which they land: each candidate is built onto the one before, the first onto the tip. */
  chain: LandingEntry[];
  /** Landed together with an entry that was told before, and not told yet themselves. */
  landedToo: readonly Candidate[];
  /** Verification lanes that can be used: so many checks run at once. */
  lanes: readonly string[];
  /** A verification lane that could not be made, not yet answered. */
  brokenLane?: { readonly lane: string; readonly failure: Failure };
  /** `land.verify: each`: so many entries without a verdict are verified at once. */
  width: number;
  /** `land.verify: tips`: the entries whose candidates are verified. */
  marks: readonly TicketId[];
  /** The latest ends of tickets here: true, rejected by the checks; false, landed. */
  outcomes: boolean[];
  /** Counts builds, so that each candidate has a name of its own. */
  built: number;
  /** batch schedule: landing has begun for what the barrier let through. */
  isBatchLanding: boolean;
}

/** Something that waits to be taken into the chain. */
export interface LandingWait {
  /** A ticket, or the name of an intake. */
  readonly ticket: TicketId;
  readonly intake?: Intake;
  /** It did not fit onto this entry: not before that landed or left. */
  readonly behind?: TicketId;
  readonly faults: number;
}

/** The target moved from what the run knew of it to where it stands. */
export interface Intake {
  readonly from: Oid;
  readonly target: Oid;
}

/** Steps that end in -ing have an intent open; built ones may have checks of theirs open. */
export type LandingStep = 'building' | 'built' | 'moving' | 'bounced';

/** One ticket, or intake, on its way onto the branch. */
export interface LandingEntry {
  readonly ticket: TicketId;
  readonly intake?: Intake;
  step: LandingStep;
  /** Key of the intent that builds or moves it. */
  doing?: string;
  onto: Oid;
  commit?: Oid;
  tree?: Oid;
  check?: {
    /** Of its intent. */
    readonly key: string;
    readonly lane: string;
    readonly verdict?: Verdict;
  };
  /** The commit that a human said may land. */
  approved?: Oid;
  /** Outside faults so far; a branch that moved is not one. */
  faults: number;
  failure?: Failure;
  /** Its time is accounted for up to here. */
  since: string;
}

/** What is known of the user's target branch (decision D4). */
export interface IntakeState {
  /** Of the target, the run's branch holds this, or an intake of it is on its way, or was given up. */
  known: Oid;
  /** What of it the run's branch really holds. */
  held: Oid;
  /** Where it was seen last; absent: not looked at yet, or it is gone. */
  seen?: Oid;
  look: 'none' | 'open' | 'fresh';
  /** Why the target's commits are not on the run's branch. */
  left?: Failure;
  /** It lacks commits that it had: somebody rewound or rewrote it. */
  isRewound: boolean;
}
