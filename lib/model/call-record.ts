import type { AgentCost, Usage } from './agent.js';
import type { ModelTier } from './model-choice.js';
import type { AttemptAddress, RunId, TicketId } from './ids.js';

/** One call of an agent that was started, as the journal of its run tells it. */
export interface CallRecord {
  readonly run: RunId;
  readonly ticket: TicketId;
  readonly attempt: AttemptAddress;
  /** When it ended, ISO 8601, UTC. */
  readonly at: string;
  readonly ms: number;
  readonly usage: Usage;
  readonly model?: string;
  readonly cost: AgentCost | 'unknown';
  /** It was cut off: usage and cost are a lower bound. */
  readonly isPartial?: true;
  /** What became of its attempt: its work landed, or the attempt failed. Absent: neither, or not yet. */
  readonly result?: 'landed' | 'failed';
}

/** What a ticket cost until it landed or was given up, all its calls together. */
export interface TicketCost {
  readonly agent: string;
  /** As it was asked for, else as the agent told. */
  readonly model?: string;
  readonly tier?: ModelTier;
  readonly calls: number;
  /** Of all classes. Absent: none were told. */
  readonly tokens?: number;
  /** Integers. Absent: a call of it cost nobody knows what. */
  readonly microUsd?: number;
  /** Of its dearest call. */
  readonly dearestMicroUsd?: number;
}
