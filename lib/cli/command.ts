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
  /** What its positional arguments are called, `[…]` around optional ones; absent: it takes none. */
  readonly positionals?: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Text below the options. */
  readonly epilogue?: string;
  /** Exit code of usage errors. Default 2. */
  readonly usageExitCode?: number;
  /** Faults of values and combinations: told together with those of the names. */
  readonly check?: (given: Arguments) => readonly Failure[];
  /** Does it, and answers the exit code. May throw a Refusal. */
  readonly run: (context: Context, given: Arguments) => Promise<number>;
}

interface CommandEntry {
  readonly name: string;
  readonly describe: string;
  readonly load: () => Promise<{ readonly command: CliCommand }>;
}

/** All commands, in the order of the help. Their modules are loaded only when called. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'stream',
    describe: 'Work off the ticket queue: plan it, run agents side by side, land what passes',
    load: () => import('./commands/stream.js'),
  },
  {
    name: 'validate',
    describe: 'Check the ticket index, the configuration and what a run needs; changes nothing',
    load: () => import('./commands/validate.js'),
  },
  {
    name: 'rescue',
    describe: 'Restore the kept work of a ticket that did not land, on a branch',
    load: () => import('./commands/rescue.js'),
  },
  {
    name: 'deliver',
    describe: "Bring a finished run's branch into the branch it started from",
    load: () => import('./commands/deliver.js'),
  },
  {
    name: 'explain',
    describe: 'Say what a failure code means and what to do about it',
    load: () => import('./commands/explain-code.js'),
  },
];
