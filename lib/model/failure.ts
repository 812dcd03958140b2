import type { FailureCode } from './failure-table.js';

/** The one shape of trouble: in results, events, diagnostics, API answers and exit codes. */
export interface Failure {
  readonly code: FailureCode;
  /** What happened, with names. */
  readonly message: string;
  /** What to do next, often a command. */
  readonly hint?: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  readonly where?: Place;
  /** Text that proves it: the end of a log, a stack. Already bounded. */
  readonly evidence?: string;
  readonly cause?: Failure;
}

/** A place in an input. Lines and columns count from 1; columns in UTF-16 code units. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Expected trouble is returned, not thrown. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const success = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (failure: Failure): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure,
});

/** For trouble that ends a command: carries failures up to the CLI, which prints them and sets the exit code. */
export class Refusal extends Error {
  readonly failures: readonly Failure[];
  readonly exitCode: number;
  constructor(failures: readonly Failure[], exitCode: number) {
    super(failures.map((failure) => failure.message).join('; '));
    this.name = 'Refusal';
    this.failures = failures;
    this.exitCode = exitCode;
  }
}

/** What a result holds; its failure ends the command, as one of the input unless another exit code is given. */
export function demand<T>(result: Result<T>, exitCode = 2): T {
  if (result.ok) return result.value;
  throw new Refusal([result.failure], exitCode);
}

/** Ends the command, as one with wrong input, if there are any failures; all of them are told at once. */
export function refuseAny(failures: readonly (Failure | undefined)[]): void {
  const all = failures.filter((failure) => failure !== undefined);
  if (all.length > 0) throw new Refusal(all, 2);
}
