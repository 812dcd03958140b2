import { readWhole } from '../../config/values.js';
import type { Arguments, CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryToLookAt } from '../here.js';

/** `sage logs ID`: what the agent of a ticket said, or what its checks printed; also long after. */
export const command: CliCommand = {
  name: 'logs',
  describe: 'Show what the agent of a ticket said, or what its checks printed',
  usage: ['sage logs ID [--follow] [--attempt=N]', 'sage logs NO', 'sage logs ID --checks'],
  positionals: ['ID'],
  options: {
    follow: { type: 'flag', alias: 'f', describe: 'Go on until the ticket is done with' },
    attempt: { type: 'value', placeholder: 'N', describe: 'Which attempt; default: the newest' },
    run: { type: 'value', placeholder: 'RUN', describe: 'Of which run; default: the newest' },
    checks: {
      type: 'flag',
      describe: 'What its own scripts and the checks before landing printed',
    },
    raw: {
      type: 'flag',
      describe: 'The bytes as the program printed them, control characters too',
    },
  },
  epilogue:
    'NO: the number of a session, as `sage sessions` tells it; that call of the agent alone.',
  check: faults,
  run: async (context, { flags, values, positionals: [ticket = ''] }) => {
    const { commonDir } = await repositoryToLookAt(context);
    const { findLogs } = await import('../../run/find-logs.js');
    const run = values['run']?.at(-1);
    const attempt = readWhole(values['attempt']?.at(-1) ?? '');
    const found = await findLogs(commonDir, ticket, {
      ...(run === undefined ? {} : { run }),
      ...(attempt === undefined ? {} : { attempt }),
    });
    const { showChecks, showAttempt } = await import('../status/show-logs.js');
    const view = {
      isRaw: flags.has('raw'),
      isFollowing: flags.has('follow'),
      isOneAttempt: attempt !== undefined || found.round !== undefined,
    };
    if (flags.has('checks')) await showChecks(context, commonDir, found, view);
    else await showAttempt(context, commonDir, found, view);
    return exitCode.done;
  },
};

function faults({ flags, values }: Arguments) {
  const usage = (message: string, hint: string) => ({
    code: 'usage/invalid' as const,
    message,
    hint,
  });
  const attempt = values['attempt']?.at(-1);
  const isWrong = attempt !== undefined && attempt !== '' && !readWhole(attempt);
  return [
    ...(isWrong
      ? [
          usage(
            `--attempt cannot be "${attempt.slice(0, 60)}".`,
            'It must be a whole number from 1.',
          ),
        ]
      : []),
    ...(flags.has('checks') && flags.has('follow')
      ? [
          usage(
            '--checks and --follow do not go together.',
            'A check’s log is there when it has ended.',
          ),
        ]
      : []),
  ];
}
