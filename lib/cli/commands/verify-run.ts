import { createGit } from '../../git/git.js';
import { openRepository } from '../../git/repository.js';
import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';

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
    const repository = await openRepository(createGit(context.environment.variables), context.cwd);
    if (!repository.ok) throw new Refusal([repository.failure], exitCode.invalid);
    const { chooseRun } = await import('../../run/read-run.js');
    const { verifyRun } = await import('../../audit/verify-run.js');
    const run = await chooseRun(repository.value.commonDir, asked);
    const verification = await verifyRun(repository.value, run);
    if (flags.has('json')) context.stdout.line(JSON.stringify(verification, null, 2));
    else {
      const { verificationText } = await import('../../show/verification-text.js');
      context.stdout.line(verificationText(verification, context.stdout.hasColour));
    }
    return verification.agrees ? exitCode.done : exitCode.unlanded;
  },
};
