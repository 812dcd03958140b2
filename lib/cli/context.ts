import type { Environment } from '../config/environment.js';
import type { Clock } from '../model/clock.js';

/** What only the program that loads this one can do. */
export interface Host {
  /**
   * Says that what comes now is over before code that V8 has optimised could pay for the optimising. What is loaded
   * after it loads more slowly.
   */
  readonly optimiseLater: () => void;
}

/** What every command gets from outside: built once in compose, so that tests and the demo can hold it. */
export interface Context extends Host {
  readonly environment: Environment;
  /** The folder that sage was called in. */
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  /** CPUs that this process may use: its affinity counts (`taskset`), not the machine. */
  readonly cpuCount: number;
  /** Version of sage. */
  readonly version: string;
}

/** A stream that may go away (`| head`): writing to it then does nothing. */
export interface Output {
  write(text: string | Uint8Array): void;
  /** `write` with a newline. */
  line(text: string): void;
  readonly isTerminal: boolean;
  /** Whether colour is wanted here. */
  readonly hasColour: boolean;
  /** Width in characters now; 80 where nobody knows. */
  columns(): number;
  /** Height in lines now; 24 where nobody knows. */
  rows(): number;
  /** Whether its reader has gone. */
  isClosed(): boolean;
}
