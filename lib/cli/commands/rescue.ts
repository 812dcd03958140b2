import type { Repository } from '../../git/places.js';
import type { CliCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';

const FILES_SHOWN = 20;

/** `sage rescue`: kept work, back on a branch. */
export const command: CliCommand = {
  name: 'rescue',
  describe: 'Restore the kept work of a ticket that did not land, on a branch',
  usage: ['sage rescue ID [--attempt N] [--branch NAME]', 'sage rescue --list'],
  positionals: ['[ID]'],
  options: {
    list: { type: 'flag', describe: 'List what is kept of tickets that did not land' },
    branch: { type: 'value', placeholder: 'NAME', describe: 'Branch to make; default: rescue/ID' },
    attempt: {
      type: 'value',
      placeholder: 'N',
      describe: 'Another attempt than the newest, in the newest run that has it',
    },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/rescue.json, kept-list.json)' },
  },
  epilogue: 'The branch is checked out nowhere; your checkout stays as it is.',
  check: ({ flags, positionals, values }) => {
    const attempt = values['attempt']?.at(-1);
    if (attempt !== undefined && !/^[1-9]\d*$/.test(attempt)) {
      return [
        {
          code: 'usage/invalid',
          message: `--attempt takes the number of an attempt, but got ${JSON.stringify(attempt.slice(0, 60))}.`,
          hint: '`sage rescue --list` tells them.',
        },
      ];
    }
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
    const repository = await repositoryHere(context);
    if (flags.has('list')) return list(context, repository, flags.has('json'));
    const { rescueWork } = await import('../../run/rescue-work.js');
    const { clean } = await import('../../show/clean.js');
    const branch = values['branch']?.at(-1);
    const attempt = values['attempt']?.at(-1);
    const rescue = await rescueWork(repository, positionals[0] ?? '', {
      ...(branch === undefined ? {} : { branch }),
      ...(attempt === undefined ? {} : { attempt: Number(attempt) }),
    });
    if (flags.has('json')) {
      stdout.line(JSON.stringify(rescue, null, 2));
      return exitCode.done;
    }
    const { ticket, run, files } = rescue;
    stdout.line(
      run === ''
        ? `${rescue.branch} holds ${clean(ticket)}`
        : `${rescue.branch} holds the work of ${clean(ticket)} (run ${run}, attempt ${rescue.attempt})`,
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
  const { lanesRoot } = await import('../stream/surroundings.js');
  const root = lanesRoot(context.environment.stateHome, repository);
  const answer = await listKept(repository, root);
  if (asJson) stdout.line(JSON.stringify(answer, null, 2));
  else {
    const { kept, others } = answer;
    if (kept.length === 0) stdout.line('Nothing is kept that did not land.');
    for (const { ticket, run, attempt, why, attempts } of kept) {
      const more = attempts.length > 1 ? ` (kept: ${attempts.join(', ')})` : '';
      stdout.line(
        `${clean(ticket)}  run ${run}, attempt ${attempt}${more}${why ? `: ${clean(why)}` : ''}`,
      );
    }
    if (kept.length > 0) stdout.line('→ sage rescue ID [--attempt N]');
    if (others.length > 0) stdout.line('Left beside that:');
    for (const { name, what, command: restore } of others) {
      stdout.line(`${clean(name)}  ${what}\n→ ${clean(restore)}`);
    }
  }
  return exitCode.done;
}
