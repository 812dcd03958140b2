import { createGit } from '../../git/git.js';
import { openRepository } from '../../git/repository.js';
import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';

const FILES_SHOWN = 20;

/** `sage rescue`: kept work, back on a branch. */
export const command: CliCommand = {
  name: 'rescue',
  describe: 'Restore the kept work of a ticket that did not land, on a branch',
  usage: ['sage rescue ID [--branch NAME]'],
  positionals: ['ID'],
  options: {
    branch: { type: 'value', placeholder: 'NAME', describe: 'Branch to make; default: rescue/ID' },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/rescue.json)' },
  },
  epilogue: 'The branch is checked out nowhere; your checkout stays as it is.',
  run: async (context, { positionals, values, flags }) => {
    const { stdout } = context;
    const repository = await openRepository(createGit(context.environment.variables), context.cwd);
    if (!repository.ok) throw new Refusal([repository.failure], exitCode.invalid);
    const { rescueWork } = await import('../../run/rescue-work.js');
    const { clean } = await import('../../show/clean.js');
    const branch = values['branch']?.at(-1);
    const rescue = await rescueWork(repository.value, positionals[0] ?? '', branch);
    if (flags.has('json')) {
      stdout.line(JSON.stringify(rescue, null, 2));
      return exitCode.done;
    }
    const { ticket, run, attempt, files } = rescue;
    stdout.line(
      `${rescue.branch} holds the work of ${clean(ticket)} (run ${run}, attempt ${attempt})`,
    );
    for (const file of files.slice(0, FILES_SHOWN)) stdout.line(`  ${clean(file)}`);
    if (files.length > FILES_SHOWN) stdout.line(`  … and ${files.length - FILES_SHOWN} more`);
    stdout.line(`→ git switch ${rescue.branch}`);
    return exitCode.done;
  },
};
