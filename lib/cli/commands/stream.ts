import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { readStreamOptions, streamOptionTable } from '../options/stream.js';

/** `sage stream`: the queue of tickets, from plan to landed commits. */
export const command: CliCommand = {
  name: 'stream',
  describe: 'Work off the ticket queue: plan it, run agents side by side, land what passes',
  usage: [
    'sage stream --dry-run',
    'sage stream --auto [--parallel=N|auto]',
    'sage stream --explain ID',
  ],
  options: streamOptionTable,
  check: (given) => readStreamOptions(given).faults,
  run: (_context, given) => {
    const { options, faults } = readStreamOptions(given);
    if (options === undefined) throw new Refusal(faults, exitCode.invalid);
    return Promise.resolve(exitCode.done);
  },
};
