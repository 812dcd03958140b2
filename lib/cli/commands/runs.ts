import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryToLookAt } from '../here.js';

/** `sage runs`: all runs of the repository at a glance. */
export const command: CliCommand = {
  name: 'runs',
  describe: 'List the runs of this repository: state, time, what landed, cost, delivered or not',
  usage: ['sage runs [--json]'],
  options: { json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/run-list.json)' } },
  epilogue: 'The newest first. More of one: sage status RUN.',
  run: async (context, { flags }) => {
    const { stdout } = context;
    const repository = await repositoryToLookAt(context);
    const { runsHere } = await import('../../run/list-runs.js');
    const list = await runsHere(repository);
    if (flags.has('json')) stdout.line(JSON.stringify(list, null, 2));
    else {
      const [{ runsText }, { createPaint }] = await Promise.all([
        import('../../show/runs-text.js'),
        import('../../show/paint.js'),
      ]);
      stdout.line(runsText(list, createPaint(stdout.hasColour)));
    }
    return exitCode.done;
  },
};
