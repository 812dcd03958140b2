import type { Oid } from './ids.js';

/** What git found in a lane after an attempt: facts. */
export interface Harvest {
  /** One commit whose parent is `base` and whose tree is all of the attempt's work; absent: there was none. */
  readonly work?: Oid;
  /** The agent's own commits, oldest first, for `land.commits: keep`. Empty when history was rewritten. */
  readonly commits: readonly Oid[];
  readonly base: Oid;
  /** Paths changed between base and work (at most 1,000 are listed). */
  readonly files: readonly string[];
  readonly filesTotal: number;
  /** Whether changes lay uncommitted and were committed for the agent. */
  readonly hadLeftovers: boolean;
  /** Edits under `.sage/tickets/` that were dropped. */
  readonly droppedTicketEdits: readonly string[];
  /** Ref in the depot that keeps everything, whatever becomes of the ticket. */
  readonly kept: string;
  /** Things worth telling: history was rewritten, another branch was checked out, … */
  readonly notes: readonly string[];
}

/** One command's result within a verdict. */
export interface CheckResult {
  readonly name: string;
  readonly command: string;
  readonly outcome: 'passed' | 'failed' | 'timed-out' | 'not-started';
  /** It failed once and passed when tried again. */
  readonly flaky: boolean;
  readonly exitCode?: number;
  readonly ms: number;
  /** Log file relative to the run directory, and the SHA-256 of its bytes. */
  readonly log: string;
  readonly logHash: string;
  /** Last lines of the output, bounded to 4,000 characters, control characters removed. */
  readonly tail: string;
  /** Things worth telling: changed tracked files, processes left behind, a success pattern that is missing. */
  readonly notes?: readonly string[];
}

/** What the project's checks say about one tree. */
export interface Verdict {
  readonly colour: 'green' | 'red';
  readonly tree: Oid;
  /** Hash of the command lines, and of what of the environment matters. */
  readonly key: string;
  readonly results: readonly CheckResult[];
  /** Whether the verdict was already known for this tree. */
  readonly cached: boolean;
  readonly ms: number;
}
