import type { Failure } from '../../model/failure.js';
import { nearest } from '../../model/nearest.js';
import { checkNames, type CheckName } from '../../model/check-names.js';
import type { Arguments, Option } from '../command.js';

/** The flags of `sage validate`. */
export const validateOptionTable = {
  strict: {
    type: 'flag',
    describe: 'Warnings count as errors; the checks are run on the base, too',
  },
  verbose: { type: 'flag', describe: 'Show what was found good, too' },
  check: {
    type: 'values',
    placeholder: 'NAME',
    describe: `Only this (repeatable): ${checkNames.join(', ')}. base runs the checks`,
    needs: `Say which: ${checkNames.join(', ')}.`,
  },
  json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/validation.json)' },
} as const satisfies Record<string, Option>;

export interface ValidateOptions {
  readonly isStrict: boolean;
  readonly isVerbose: boolean;
  readonly asJson: boolean;
  /** In the order they are shown; all, when none was named. */
  readonly checks: readonly CheckName[];
  /** The project's checks are run on the base: it was named, or everything is to be strict. */
  readonly runsBase: boolean;
}

/** Typed arguments → options, or every fault. */
export function readValidateOptions({ flags, values }: Arguments): {
  readonly options: ValidateOptions;
  readonly faults: readonly Failure[];
} {
  const named = (values['check'] ?? []).flatMap((text) => text.split(',')).filter(Boolean);
  const known: readonly string[] = checkNames;
  const faults = named
    .filter((name) => !known.includes(name))
    .map((name): Failure => {
      const near = nearest(name, checkNames);
      return {
        code: 'usage/invalid',
        message: `--check cannot be "${name.slice(0, 60)}".`,
        hint: near ? `Did you mean ${near}?` : `It must be one of: ${checkNames.join(', ')}.`,
      };
    });
  const options: ValidateOptions = {
    isStrict: flags.has('strict'),
    isVerbose: flags.has('verbose'),
    asJson: flags.has('json'),
    runsBase: named.includes('base') || (flags.has('strict') && named.length === 0),
    checks: checkNames.filter((name) => named.length === 0 || named.includes(name)),
  };
  return { options, faults };
}
