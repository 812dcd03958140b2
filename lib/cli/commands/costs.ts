import { readChoice, readDay } from '../../config/values.js';
import { costKeys } from '../../engine/sum-costs.js';
import type { Arguments, CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryToLookAt } from '../here.js';

/** `sage costs`: what the agents of all runs have used. */
export const command: CliCommand = {
  name: 'costs',
  describe: 'Say what the agents have used and cost: by ticket, model, day, run or attempt',
  usage: ['sage costs [--by=WHAT] [--run=RUN] [--since=DATE] [--json]'],
  options: {
    by: {
      type: 'value',
      placeholder: 'WHAT',
      describe: `A row for each ${costKeys.join(', ')}; default: ticket`,
      choices: costKeys,
    },
    run: { type: 'value', placeholder: 'RUN', describe: 'Of this run alone; default: of all' },
    since: {
      type: 'value',
      placeholder: 'DATE',
      describe: 'Calls that ended on that day (2026-11-21, UTC) or later',
    },
    json: {
      type: 'flag',
      describe: 'Answer as JSON (tickets-schema/costs.json), in micro-dollars',
    },
  },
  epilogue:
    'Failed, cancelled and throttled attempts are counted. Where figures come from: docs/costs.md.',
  check: ({ values }) => faults(values),
  run: async (context, { flags, values }) => {
    const { stdout } = context;
    const { commonDir } = await repositoryToLookAt(context);
    const { costsHere } = await import('../../run/list-costs.js');
    const [run, since] = [values['run']?.at(-1), values['since']?.at(-1)];
    const costs = await costsHere(commonDir, {
      by: readChoice(values['by']?.at(-1) ?? '', costKeys) ?? 'ticket',
      ...(run === undefined ? {} : { run }),
      ...(since === undefined ? {} : { since }),
    });
    if (flags.has('json')) stdout.line(JSON.stringify(costs, null, 2));
    else {
      const [{ costsText }, { createPaint }] = await Promise.all([
        import('../../show/costs-text.js'),
        import('../../show/paint.js'),
      ]);
      stdout.line(costsText(costs, createPaint(stdout.hasColour)));
    }
    return exitCode.done;
  },
};

function faults(values: Arguments['values']) {
  const usage = (message: string, hint: string) => ({
    code: 'usage/invalid' as const,
    message,
    hint,
  });
  const [by = '', since = ''] = [values['by']?.at(-1), values['since']?.at(-1)];
  return [
    ...(by !== '' && readChoice(by, costKeys) === undefined
      ? [usage(`--by cannot be "${by.slice(0, 60)}".`, `It must be ${costKeys.join(', ')}.`)]
      : []),
    ...(since !== '' && readDay(since) === undefined
      ? [
          usage(
            `--since cannot be "${since.slice(0, 60)}".`,
            'It must be a day, such as 2026-11-21.',
          ),
        ]
      : []),
  ];
}
