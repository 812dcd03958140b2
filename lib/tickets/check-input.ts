import type { Ticket } from '../model/ticket.js';
import type { Entry } from './entries.js';
import type { Findings } from './findings.js';

/** What the checks may look at outside the index. */
export interface CheckFiles {
  /** Whether the ticket has its Markdown file. */
  markdownExists(id: string): boolean;
  /** Whether a commit is in the repository. */
  commitExists?(sha: string): boolean;
}

export interface CheckOptions {
  /** Deviations that every real index has (missing fields, unknown types) are errors instead of warnings. */
  readonly strict: boolean;
  readonly files?: CheckFiles;
}

/** What each group of checks is given. */
export interface CheckInput extends CheckOptions {
  readonly entries: readonly Entry[];
  readonly tickets: ReadonlyMap<string, Ticket>;
  readonly findings: Findings;
}
