import type { AgentCost, AgentMessage, Usage } from '../model/agent.js';
import type { Clock } from '../model/clock.js';
import type { Result } from '../model/failure.js';
import {
  safeName,
  type AttemptAddress,
  type LaneName,
  type Oid,
  type RunId,
  type TicketId,
} from '../model/ids.js';
import type { AgentRun } from '../model/intent.js';
import type { Ticket } from '../model/ticket.js';
import type { RunProcess } from '../process/process-spec.js';
import type { ChosenAgent } from './choose.js';
import type { Credential } from './environment.js';
import type { TicketText } from './prompt.js';
import type { PromptTemplates } from './templates.js';

/** What calling agents needs from a run. */
export interface AgentRunDeps {
  readonly run: RunId;
  /** First part of the markers of all programs that this process starts for the run. */
  readonly marker: string;
  readonly runDirectory: string;
  /** The attempt's folder, absolute, inside the run directory. */
  readonly attemptFolder: (attempt: AttemptAddress) => string;
  readonly tickets: ReadonlyMap<TicketId, Ticket>;
  readonly documents: (ticket: TicketId) => readonly TicketText[];
  readonly agentFor: (ticket: TicketId) => Promise<Result<ChosenAgent>>;
  readonly templates: PromptTemplates;
  /** Command lines that every landed commit must pass; for the prompt. */
  readonly checks: readonly string[];
  readonly access: 'edits' | 'full';
  /** The user's environment; the agent gets what its allow-list names. */
  readonly variables: Readonly<Record<string, string>>;
  /** The key of an agent by its id. Absent: no agent has a pool. */
  readonly secretOf?: (agent: string, key: string) => Credential | undefined;
  /** Variables that hold keys of pools. */
  readonly withheld?: ReadonlySet<string>;
  /** Takes secrets out of a text: what is decoded from an output may show one that the output did not. */
  readonly redact?: (text: string) => string;
  readonly identity: { readonly name: string; readonly email: string };
  readonly lanePath: (lane: LaneName) => string;
  /** The folders outside a lane that must be writable for commits in it. */
  readonly gitFolders?: (lane: LaneName) => Promise<readonly string[]>;
  /** A folder for temporary files of a lane; emptied before each attempt. */
  readonly temporaryFolder: (lane: LaneName) => string;
  /** The first of ten ports of a lane. */
  readonly portBase: (lane: LaneName) => number;
  /** What a call cost, where that is known. */
  readonly costOf: (usage: Usage, model: string | undefined) => AgentCost | undefined;
  readonly limits: { readonly limitMs: number; readonly silenceMs: number };
  readonly runProcess: RunProcess;
  readonly clock: Clock;
  readonly onMessage: (attempt: AttemptAddress, message: AgentMessage) => void;
  /** What a call has cost so far, whenever it told more. Absent: nobody wants to know before its end. */
  readonly onCost?: (intent: AgentRun, microUsd: number) => void;
  /** The earlier work of a ticket that conflicted, or was sent back, as a diff; for the prompt. */
  readonly diffOf?: (work: Oid) => Promise<string>;
}

/** `<run>/<attempt>/<round>`, safe for an environment and free of slashes inside its parts. */
export const markerOf = (prefix: string, { attempt, round }: Pick<AgentRun, 'attempt' | 'round'>) =>
  `${prefix}/${safeName(attempt)}/${round}`;
