import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';

/** `sage retry ID…`: another try for what did not land. */
export const command: CliCommand = {
  name: 'retry',
  describe: 'Try deferred tickets again, in the run that goes on or in the next one',
  usage: ['sage retry ID…'],
  positionals: ['ID…'],
  options: { json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/retry.json)' } },
  epilogue:
    'A run that goes on here takes them up by itself, with what waits for them; else their state goes back to UNPROCESSED, and the next start takes them. Work that was kept stays kept.',
  run: async (context, { positionals, flags }) => {
    const { stdout, clock } = context;
    const repository = await repositoryHere(context);
    const { retryTickets } = await import('../../run/retry-tickets.js');
    const answer = await retryTickets(repository, clock, positionals);
    if (flags.has('json')) {
      stdout.line(JSON.stringify(answer, null, 2));
      return exitCode.done;
    }
    const { clean } = await import('../../show/clean.js');
    for (const { id, wasOpen, kept } of answer.tickets) {
      const what =
        answer.run === undefined
          ? wasOpen
            ? 'is UNPROCESSED already; the next run takes it'
            : 'is UNPROCESSED again; the next run takes it'
          : `is tried again in run ${answer.run}`;
      stdout.line(`${clean(id)} ${what}`);
      if (kept !== undefined)
        stdout.line(`  what was done before is kept as ${kept} → sage rescue ${clean(id)}`);
    }
    for (const call of answer.next ?? []) stdout.line(`→ ${call}`);
    return exitCode.done;
  },
};
