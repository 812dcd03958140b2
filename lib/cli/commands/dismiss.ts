import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';

const REASON_LIMIT = 500;

/** `sage dismiss`: what agents propose and nobody wants. */
export const command: CliCommand = {
  name: 'dismiss',
  describe: 'Note that nobody wants these follow-ups: `sage accept` lists them no more',
  usage: ['sage dismiss NO… [--reason TEXT]', 'sage dismiss --all [--reason TEXT]'],
  positionals: ['[NO…]'],
  options: {
    all: { type: 'flag', describe: 'All that are listed' },
    reason: { type: 'value', placeholder: 'TEXT', describe: 'Kept with it' },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/dismissal.json)' },
  },
  epilogue:
    'NO: as the summary of a run and `sage accept` tell it (17.1). `sage accept NO` still makes a ticket of one that was dismissed.',
  check: ({ flags, positionals, values }) => [
    ...(flags.has('all') === positionals.length > 0
      ? [
          {
            code: 'usage/invalid' as const,
            message: flags.has('all')
              ? '--all takes all follow-ups and no numbers beside it.'
              : 'Nothing is named that is to be dismissed.',
            hint: 'Usage: sage dismiss NO… or sage dismiss --all; `sage accept` lists them',
          },
        ]
      : []),
    ...((values['reason']?.at(-1)?.length ?? 0) > REASON_LIMIT
      ? [
          {
            code: 'usage/invalid' as const,
            message: `--reason is longer than ${REASON_LIMIT} characters.`,
          },
        ]
      : []),
  ],
  run: async (context, { flags, positionals, values }) => {
    const { stdout, clock } = context;
    const repository = await repositoryHere(context);
    const { dismissReports } = await import('../../run/dismiss-reports.js');
    const wanted = flags.has('all') ? 'all' : positionals;
    const reason = values['reason']?.at(-1);
    const answer = await dismissReports({ repository, clock }, wanted, reason);
    if (flags.has('json')) {
      stdout.line(JSON.stringify(answer, null, 2));
      return exitCode.done;
    }
    const { clean } = await import('../../show/clean.js');
    for (const { report, title, wasDismissed } of answer.dismissed)
      stdout.line(
        `${report} ${wasDismissed ? 'was dismissed before' : 'is dismissed'}: ${clean(title)}`,
      );
    if (answer.dismissed.length === 0) stdout.line('No follow-up is open.');
    return exitCode.done;
  },
};
