import type { CliCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';

/** `sage accept`: what agents propose becomes tickets. */
export const command: CliCommand = {
  name: 'accept',
  describe: 'Make tickets of the follow-ups that agents told; without any, list them',
  usage: ['sage accept', 'sage accept NO…', 'sage accept --all'],
  positionals: ['[NO…]'],
  options: {
    all: { type: 'flag', describe: 'All that are listed' },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/acceptance.json)' },
  },
  epilogue:
    'NO: as the summary of a run tells it (17.1). Said twice it makes one ticket. Refused while a run goes on here.',
  check: ({ flags, positionals }) =>
    flags.has('all') && positionals.length > 0
      ? [
          {
            code: 'usage/invalid',
            message: '--all takes all follow-ups and no numbers beside it.',
            hint: 'Usage: sage accept NO… or sage accept --all',
          },
        ]
      : [],
  run: async (context, { flags, positionals }) => {
    const { stdout, clock } = context;
    const repository = await repositoryHere(context);
    const asJson = flags.has('json');
    if (positionals.length === 0 && !flags.has('all')) {
      const { isOpen, listFollowUps } = await import('../../run/follow-ups.js');
      await list(context, (await listFollowUps({ repository })).filter(isOpen), asJson);
      return exitCode.done;
    }
    const { acceptReports } = await import('../../run/accept-reports.js');
    const answer = await acceptReports(
      { repository, clock },
      flags.has('all') ? 'all' : positionals,
    );
    if (asJson) stdout.line(JSON.stringify(answer, null, 2));
    else {
      const { clean } = await import('../../show/clean.js');
      for (const { id, report, title, wasThere } of answer.tickets)
        stdout.line(
          `${report} ${wasThere ? 'is already' : 'is now'} ${clean(id)}: ${clean(title)}`,
        );
      stdout.line(
        answer.tickets.length === 0 ? 'No follow-up is open.' : '→ sage stream --dry-run',
      );
    }
    return exitCode.done;
  },
};

async function list(
  { stdout }: Context,
  open: readonly { readonly id: string; readonly ticket: string; readonly title: string }[],
  asJson: boolean,
): Promise<void> {
  const { clean } = await import('../../show/clean.js');
  if (asJson) {
    const told = open.map(({ id, ticket, title }) => ({ report: id, ticket, title }));
    stdout.line(JSON.stringify({ version: 1, tickets: [], open: told }, null, 2));
    return;
  }
  for (const { id, ticket, title } of open)
    stdout.line(`${id}  ${clean(title)} (found by ${clean(ticket)})`);
  stdout.line(
    open.length === 0 ? 'No follow-up is open.' : '→ sage accept NO… or --all; sage dismiss NO…',
  );
}
