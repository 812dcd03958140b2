import { answerOptions, giveAnswer } from '../answer-command.js';
import type { CliCommand } from '../command.js';
import { spanFaults } from '../span.js';

/** `sage approve`: yes to what the run asks. */
export const command: CliCommand = {
  name: 'approve',
  describe: 'Say yes to what the run asks, and go to its next question or its end',
  usage: ['sage approve', 'sage approve ID'],
  positionals: ['[ID]'],
  options: answerOptions,
  epilogue:
    'ID: the ticket that is asked about, or the run; anything else is refused, so that nothing is approved that you did not mean. Exit codes: 0 and a question, or that of the run at its end.',
  check: spanFaults,
  run: (context, given) => giveAnswer(context, given, { kind: 'go' }, 'sage approve'),
};
