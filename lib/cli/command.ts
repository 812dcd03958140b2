import type { Failure } from '../model/failure.js';
import type { Context } from './context.js';

/** A flag of a command. Values arrive as the text that was typed; the command reads them (options/*). */
export interface Option {
  readonly describe: string;
  /** `flag`: no value. `value`: one. `values`: may be repeated. */
  readonly type: 'flag' | 'value' | 'values';
  /** What stands for the value in the help: `N|auto`. */
  readonly placeholder?: string;
  readonly alias?: string;
  /** All values that it takes; for completion. */
  readonly choices?: readonly string[];
  /** Shown when it is given without a value; default: `--name=VALUE`. */
  readonly needs?: string;
  readonly hidden?: boolean;
}

/** What was typed, after the names have been checked. Values are not looked at yet. */
export interface Arguments {
  readonly flags: ReadonlySet<string>;
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly positionals: readonly string[];
}

/** One command of the program, in a module of its own that is loaded when it is called. */
export interface CliCommand {
  readonly name: string;
  readonly describe: string;
  /** Lines for the head of its help: `sage stream --auto --parallel=3`. */
  readonly usage: readonly string[];
  /** What its positional arguments are called, `[…]` around optional ones, `ID…` for as many as there are; absent: it takes none. */
  readonly positionals?: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Text below the options. */
  readonly epilogue?: string;
  /** Exit code of usage errors. Default 2. */
  readonly usageExitCode?: number;
  /** Faults of values and combinations: told together with those of the names. */
  readonly check?: (given: Arguments) => readonly Failure[];
  /** Does it, and answers the exit code. May throw a Refusal. `all`: every command there is. */
  readonly run: (
    context: Context,
    given: Arguments,
    all: readonly CommandEntry[],
  ) => Promise<number>;
}

/** What the top-level help needs of a command, and how to get the rest. */
export interface CommandEntry {
  readonly name: string;
  readonly describe: string;
  readonly load: () => Promise<{ readonly command: CliCommand }>;
}
