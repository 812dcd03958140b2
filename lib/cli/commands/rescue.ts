import { createGit } from '../../git/git.js';
import type { Repository } from '../../git/places.js';
import { openRepository } from '../../git/repository.js';
import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';

const FILES_SHOWN = 20;

/** `sage rescue`: kept work, back on a branch. */
export const command: CliCommand = {
  name: 'rescue',
  describe: 'Restore the kept work of a ticket that did not land, on a branch',
  usage: ['sage rescue ID [--branch NAME]', 'sage rescue --list'],
  positionals: ['[ID]'],
  options: {
    list: { type: 'flag', describe: 'List what is kept of tickets that did not land' },
    branch: { type: 'value', placeholder: 'NAME', describe: 'Branch to make; default: rescue/ID' },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/rescue.json, kept-list.json)' },
  },
  epilogue: 'The branch is checked out nowhere; your checkout stays as it is.',
  check: ({ flags, positionals }) => {
    const isList = flags.has('list');
    if (isList !== positionals.length > 0) return [];
    const message = isList
      ? '`sage rescue --list` lists all tickets and takes no ID.'
      : '`sage rescue` needs the ID of a ticket.';
    return [
      {
        code: 'usage/invalid',
        message,
        hint: 'Usage: sage rescue ID [--branch NAME], or sage rescue --list',
      },
    ];
  },
  run: async (context, { positionals, values, flags }) => {
    const { stdout } = context;
    const repository = await openRepository(createGit(context.environment.variables), context.cwd);
    if (!repository.ok) throw new Refusal([repository.failure], exitCode.invalid);
    if (flags.has('list')) return list(context, repository.value, flags.has('json'));
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

async function list(context: Context, repository: Repository, asJson: boolean): Promise<number> {
  const { stdout } = context;
  const { listKept } = await import('../../run/list-kept.js');
  const { clean } = await import('../../show/clean.js');
  const answer = await listKept(repository);
  if (asJson) stdout.line(JSON.stringify(answer, null, 2));
  else if (answer.kept.length === 0) stdout.line('Nothing is kept that did not land.');
  else {
    for (const { ticket, run, attempt, why } of answer.kept) {
      stdout.line(
        `${clean(ticket)}  run ${run}, attempt ${attempt}${why ? `: ${clean(why)}` : ''}`,
      );
    }
    stdout.line('→ sage rescue ID');
  }
  return exitCode.done;
}
