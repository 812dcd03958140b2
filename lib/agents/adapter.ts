import type { AgentMessage, Usage } from '../model/agent.js';
import type { Failure, Result } from '../model/failure.js';
import type { ProcessEnd } from '../process/process-spec.js';

/** One call of an agent, as every adapter gets it. */
export interface AgentCall {
  readonly prompt: string;
  /** A file that holds the same prompt. */
  readonly promptFile: string;
  /** A fresh UUID, for a CLI that lets its caller name the session. */
  readonly newSessionId: string;
  /** The session to go on with, and what the calls in it have told as used so far. */
  readonly resume?: { readonly sessionId: string; readonly usage: Usage };
  /** The model to use; absent: {@link CliSettings.model}. */
  readonly model?: string;
  readonly access: 'edits' | 'full';
  readonly isRoot: boolean;
  /** Folders outside the lane that must be writable for commits in it. */
  readonly gitFolders?: readonly string[];
  /** The file that reports go to, for a CLI that can be lent the tool that writes there. */
  readonly outbox?: string;
  /** The user's environment, for where a CLI's configuration lies; the agent itself gets what its allow-list names. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** How to start it; working directory and the rest of the environment are the caller's. */
export interface AgentInvocation {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly politeSignal: 'SIGTERM' | 'SIGINT';
}

/** What an adapter makes of a call when it is over. */
export interface AgentConclusion {
  /** Set when it knows what went wrong. Absent proves nothing: git and the checks decide. */
  readonly failure?: Failure;
  /** Of a limit: when it is over, as the API told; ISO 8601. */
  readonly limitedUntil?: string;
  /** Of this call alone. */
  readonly usage: Usage;
  /** An answer under way at its end will have used more than is in `usage`. */
  readonly isUsagePartial?: true;
  readonly sessionId?: string;
  readonly lastMessage?: string;
  /** What it asked a human for last, where that is only seen at the end. */
  readonly waitedFor?: string;
}

/** Listens to one call, line by line, in bounded memory. */
export interface AgentListener {
  /** A line of standard output; anything may come. */
  read(line: string): readonly AgentMessage[];
  /** A line of standard error, for a CLI that says something there which nothing else says. */
  readError?(line: string): readonly AgentMessage[];
  /**
   * Whether the program would only go on in vain, after the lines read so far: it is then ended politely, counts as
   * ended by that signal, and the conclusion says why.
   */
  readonly isHopeless?: boolean;
  conclude(end: ProcessEnd): AgentConclusion;
}

/** The one interface to every agent CLI. Parses tolerantly: these programs change every week. */
export interface AgentAdapter {
  /** The name in configurations and messages. */
  readonly name: string;
  /** Whether a call can go on with the session of an earlier one. */
  readonly canResume: boolean;
  /** What it prints when it does not know the session that it was to go on with. */
  readonly unknownSession?: RegExp;
  /** By what name its model knows the tool that reports, where a call can be lent that; else it writes the file itself. */
  readonly reportTool?: string;
  /** Whether it needs this one of the user's variables, beside the common ones. */
  needs(name: string, variables: Readonly<Record<string, string>>): boolean;
  /** Whether it can be found and answers; the version, where asking for it is safe. */
  probe(
    variables: Readonly<Record<string, string>>,
  ): Promise<Result<{ readonly version?: string }>>;
  call(call: AgentCall): AgentInvocation;
  listen(call: AgentCall): AgentListener;
}

/** What the configuration says about an agent of a CLI. */
export interface CliSettings {
  /** Its name in configurations and messages. */
  readonly name: string;
  /** The CLI's path. */
  readonly file: string;
  readonly model?: string;
}
