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
  /** Failures by name that the base had, too, sorted. A red result with these alone is no reason to reject. */
  readonly known?: readonly string[];
  /** Failures by name that the base did not have, sorted. */
  readonly added?: readonly string[];
  /** Lines of its output, where only that tells whether it came to its end. */
  readonly lines?: number;
  /** Why its failures cannot be told one from another, so that none of them is excused. */
  readonly unnamed?: string;
  /** Things worth telling: changed tracked files, processes left behind, a success pattern that is missing. */
  readonly notes?: readonly string[];
}

/** How a check command fails where nothing was changed yet. A baseline is a list of these, one for each such command. */
export interface KnownFailures {
  readonly command: string;
  readonly exitCode: number;
  /** Names of failing tests or diagnostics, sorted, each once. Never empty. */
  readonly failures: readonly string[];
  /** As of {@link CheckResult}: a candidate's output is not shorter, but for what it mended. */
  readonly lines?: number;
}

/** What the project's checks say about one tree. */
export interface Verdict {
  /** green: each command passed, or failed only as the base did. */
  readonly colour: 'green' | 'red';
  readonly tree: Oid;
  /** Hash of the command lines, of what of the environment matters, and of known failures that were excused. */
  readonly key: string;
  readonly results: readonly CheckResult[];
  /** Whether the verdict was already known for this tree. */
  readonly cached: boolean;
  readonly ms: number;
}
