import type { Failure } from './failure.js';
import type { AgentReport } from './report.js';

/** Tokens by class, as far as the agent tells; absent: not told. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** Integer micro-dollars, as told by the agent, never computed here; see {@link AgentCost}. */
  readonly costMicroUsd?: number;
}

/** What an agent says while it works, in one vocabulary for all CLIs. */
export type AgentMessage =
  | { readonly type: 'session'; readonly sessionId: string; readonly model?: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool'; readonly name: string; readonly summary: string }
  | {
      readonly type: 'retrying';
      readonly reason: string;
      readonly attempt?: number;
      readonly delayMs?: number;
    }
  /** It asks for something that only a human can give: a permission, say. What it says next ends it. */
  | { readonly type: 'waiting'; readonly reason: string }
  /**
   * `model`: what the tokens were used by, where only that is told. `isRunning`: of an answer under way, which will have
   * used more; the next one that is not says what it was in the end.
   */
  | {
      readonly type: 'usage';
      readonly usage: Usage;
      readonly model?: string;
      readonly isRunning?: true;
    }
  | { readonly type: 'ended'; readonly ok: boolean; readonly message: string };

/** What a call cost. */
export interface AgentCost {
  /** Integer. */
  readonly microUsd: number;
  /** told: by the CLI. priced: computed from the tokens that it told. */
  readonly basis: 'told' | 'priced';
  /** Of what is priced: the date of the prices, `YYYY-MM-DD`. */
  readonly prices?: string;
}

/** How the process ended, before anybody looked at its work. */
export type AgentEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timed-out'; readonly limitMs: number }
  | { readonly kind: 'silent'; readonly limitMs: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-started' };

/** Words and circumstances, not facts: what git finds in the lane decides. */
export interface AgentOutcome {
  readonly end: AgentEnd;
  /** Set when the adapter knows that it went wrong, whatever the exit code. */
  readonly failure?: Failure;
  /** For a limit: when it is over, as the API told. ISO 8601. */
  readonly limitedUntil?: string;
  readonly sessionId?: string;
  /** The model that it said it used, else the one it was asked to use. */
  readonly model?: string;
  /** Texts that it said and tools that it called, counted as they came. Absent in old journals. */
  readonly messages?: number;
  readonly toolCalls?: number;
  readonly usage: Usage;
  /** What it told through its outbox; absent: nothing. */
  readonly reports?: readonly AgentReport[];
  /** Absent: unknown, or it was never started. In old journals only `usage` has it. */
  readonly cost?: AgentCost;
  /** It was cut off before it had told all: tokens and cost are what it had told, a lower bound. */
  readonly isUsagePartial?: true;
  /** What it asked a human for last, with nobody there: "asks for permission: …". */
  readonly waitedFor?: string;
  /** The last thing it said, bounded to 2,000 characters. */
  readonly lastMessage?: string;
  /** Milliseconds on a clock that stands still while the machine sleeps. */
  readonly ms: number;
  /** Bytes of output seen and the log that holds them, relative to the run directory. */
  readonly outputBytes: number;
  readonly log: string;
}
