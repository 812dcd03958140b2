import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';

/** `sage verify-run`: is what a run says true? */
export const command: CliCommand = {
  name: 'verify-run',
  describe: "Check a run's claims again from git and its journal alone; changes nothing",
  usage: ['sage verify-run [RUN]'],
  positionals: ['[RUN]'],
  options: {
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/verification.json)' },
  },
  epilogue:
    'Without RUN: the newest. Exit code 0 when everything agrees, 1 with a list of contradictions.',
  run: async (context, { positionals: [asked], flags }) => {
    const repository = await repositoryHere(context);
    const { chooseRun } = await import('../../run/read-run.js');
    const { verifyRun } = await import('../../audit/verify-run.js');
    const run = await chooseRun(repository.commonDir, asked);
    const verification = await verifyRun(repository, run);
    if (flags.has('json')) context.stdout.line(JSON.stringify(verification, null, 2));
    else {
      const { verificationText } = await import('../../show/verification-text.js');
      context.stdout.line(verificationText(verification, context.stdout.hasColour));
    }
    return verification.agrees ? exitCode.done : exitCode.unlanded;
  },
};
