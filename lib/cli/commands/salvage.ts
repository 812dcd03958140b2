import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';

/** `sage salvage`: the way out when a journal cannot be read. */
export const command: CliCommand = {
  name: 'salvage',
  describe: 'End a run whose journal is damaged or lost: its branch says what landed',
  usage: ['sage salvage RUN'],
  positionals: ['RUN'],
  options: { json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/salvage.json)' } },
  epilogue:
    'Nothing is deleted: the journal stays as it is, and work that did not land stays kept (sage rescue).',
  run: async (context, { positionals: [asked = ''], flags }) => {
    const repository = await repositoryHere(context);
    const { salvageRun } = await import('../../run/salvage-run.js');
    const done = await salvageRun(repository, context.clock, asked);
    const { stdout } = context;
    if (flags.has('json')) {
      stdout.line(JSON.stringify(done, null, 2));
      return exitCode.done;
    }
    const { clean } = await import('../../show/clean.js');
    stdout.line(`${done.branch} holds ${done.landed.length} landed ticket(s):`);
    for (const { id, commit } of done.landed) stdout.line(`  ${commit.slice(0, 10)} ${clean(id)}`);
    if (done.reset.length > 0)
      stdout.line(`UNPROCESSED again: ${done.reset.map((id) => clean(id)).join(', ')}`);
    for (const note of done.notes) stdout.line(clean(note));
    stdout.line(`→ sage deliver ${done.run}`);
    return exitCode.done;
  },
};
