import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { readValidateOptions, validateOptionTable } from '../options/validate.js';

/**
 * `sage validate`: everything that could refuse or spoil a run, told at once. Changes nothing, but for a verification lane
 * and the verdict where the checks are run on the base.
 */
export const command: CliCommand = {
  name: 'validate',
  describe: 'Check the ticket index, the configuration and what a run needs; changes nothing',
  usage: ['sage validate [--strict] [--verbose] [--check=NAME]'],
  options: validateOptionTable,
  epilogue:
    'Exit codes: 0 all is well · 1 errors (a run would be refused) · 2 only warnings · 64 wrong usage',
  usageExitCode: exitCode.validateUsage,
  check: (given) => readValidateOptions(given).faults,
  run: async (context, given) => {
    const { options } = readValidateOptions(given);
    const { validate } = await import('../validate/validate.js');
    const validation = await validate(context, options);
    if (options.asJson) context.stdout.line(JSON.stringify(validation, null, 2));
    else {
      const { validationText } = await import('../../show/validation-text.js');
      const style = { hasColour: context.stdout.hasColour, isVerbose: options.isVerbose };
      context.stdout.line(validationText(validation, style));
    }
    return validation.exitCode;
  },
};
