import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';
import { cleanFaults, readCleaningWish } from '../options/clean.js';

/** `sage clean`: disk space back, and nothing lost for it. */
export const command: CliCommand = {
  name: 'clean',
  describe: 'Free what is proven to be no longer needed: logs, lanes and refs of landed work',
  usage: ['sage clean --dry-run', 'sage clean [--older-than=DAYS] [--max-size=SIZE]'],
  options: {
    'dry-run': { type: 'flag', describe: 'Say what would go and what stays; change nothing' },
    'older-than': {
      type: 'value',
      placeholder: 'DAYS',
      describe: 'Leave what was of use within so many days; default: retention.logs.days, 14',
    },
    'max-size': {
      type: 'value',
      placeholder: 'SIZE',
      describe: 'Go on with younger things, the oldest first, until so much is left (500M, 5G)',
    },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/cleaning.json)' },
  },
  epilogue:
    'Work of tickets that did not land stays, however old or large. Refused while a run goes on here.',
  check: cleanFaults,
  run: async (context, given) => {
    const { flags } = given;
    const repository = await repositoryHere(context);
    const { createSurroundings } = await import('../stream/surroundings.js');
    const { cleanRepository } = await import('../../clean/clean-repository.js');
    const { readConfig, settingsOf } = await import('../../config/read.js');
    const { variables } = context.environment;
    const reading = await readConfig({ root: repository.root, variables, flags: {} });
    const { config } = settingsOf(reading);
    const cleaning = await cleanRepository(
      createSurroundings(context, repository, () => undefined),
      readCleaningWish(given, config.retention),
      flags.has('dry-run'),
    );
    if (flags.has('json')) context.stdout.line(JSON.stringify(cleaning, null, 2));
    else {
      const { cleaningText } = await import('../../show/cleaning-text.js');
      context.stdout.line(cleaningText(cleaning, context.stdout.hasColour));
    }
    return exitCode.done;
  },
};
