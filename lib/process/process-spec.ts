import type { AgentEnd } from '../model/agent.js';

/** A program to run to its end: an agent or a check. Nothing is inherited that is not said here. */
export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment. {@link ProcessSpec.marker} is added to it as SAGE_MARKER. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed; absent: standard input is the null device. */
  readonly input?: string;
  /** Where stdout and stderr go, byte for byte but for secrets, up to a bound; parent folders are made. */
  readonly log: string;
  /** Each line of stdout, without its end, at most 1 MiB of it. */
  readonly onLine?: (line: string) => void;
  /** The same of stderr. */
  readonly onErrorLine?: (line: string) => void;
  /** Ends its whole tree after so many milliseconds (a clock that stands still while the machine sleeps). */
  readonly limitMs?: number;
  /** Ends its whole tree when it printed nothing for so long. */
  readonly silenceMs?: number;
  /** Between the polite signal and SIGKILL. Default 5,000. */
  readonly graceMs?: number;
  /** The polite signal. Default SIGTERM. */
  readonly politeSignal?: 'SIGTERM' | 'SIGINT';
  readonly cancel?: AbortSignal;
  /** Added to our own: with 5 others go first where the CPU is short. Costs an exec of `nice`. */
  readonly niceness?: number;
  /** Where the machine has no process left: waits for one, up to half a minute, instead of telling so at once. */
  readonly isPatient?: boolean;
  /** `<run>/<attempt>/<round>`: tells this program's whole tree, tool shells in sessions of their own included. */
  readonly marker: string;
}

export interface ProcessEnd {
  readonly end: AgentEnd;
  readonly ms: number;
  readonly outputBytes: number;
  /** SHA-256 of the log file's bytes, hexadecimal. */
  readonly logHash: string;
  /** The last 4,000 characters of both streams, control characters removed. */
  readonly tail: string;
  /** Programs of its tree that were still alive when it ended by itself, and had to be ended: `pid name`. */
  readonly leftBehind: readonly string[];
  /** Programs of its tree that could not be ended within five seconds of SIGKILL (another user's, say). */
  readonly survivors?: readonly string[];
  /** Why the log stopped being written (a full disk); the program went on. */
  readonly logError?: string;
}

/** Runs a program and settles when nothing of its tree is alive any more, but for `survivors`. Never throws for what the program does. */
export type RunProcess = (spec: ProcessSpec) => Promise<ProcessEnd>;
