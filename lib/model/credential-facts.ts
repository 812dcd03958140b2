import type { Failure } from './failure.js';
import type { AttemptAddress, TicketId } from './ids.js';
import type { AgentAsk } from './intent.js';

/** Why there is no key: all are in use (exhausted), or the API or a limit of ours refuses those that are not. */
export interface KeyLack {
  readonly kind: 'exhausted' | 'limited';
  /** Each key by its id and what keeps it: `key-1 rests until 14:05:10 UTC (…)`, `key-2 is in use`. */
  readonly keys: readonly string[];
}

/** What becomes of the keys, and of who waits for one. */
export type CredentialFact =
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
  | { readonly type: 'credential.sufficed' };
