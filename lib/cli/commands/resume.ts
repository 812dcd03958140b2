import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere, repositoryToLookAt } from '../here.js';

/** `sage resume`: the paused run goes on where it lives; one that was cut off goes on here, to its end. */
export const command: CliCommand = {
  name: 'resume',
  describe: 'Go on with the run that is paused or was interrupted here',
  usage: ['sage resume [--detach]'],
  options: {
    json: { type: 'flag', describe: 'Events as JSON lines (tickets-schema/public-event.json)' },
    quiet: { type: 'flag', describe: 'Only the summary' },
    plain: { type: 'flag', describe: 'Lines instead of the live status' },
    detach: {
      type: 'flag',
      describe: 'Answer when it goes on; it outlives this shell, its output goes to a file',
    },
    detached: { type: 'value', hidden: true, describe: 'In the process that --detach starts' },
  },
  epilogue:
    'It asks git and the lanes what became of everything that was under way: nothing lands twice, and no finished work is done again. `sage stream --auto` does the same before it begins anything new.',
  run: async (context, { flags, values }) => {
    const { controlRun } = await import('../../run/control-run.js');
    const living = await controlRun(await repositoryToLookAt(context), context.clock, {
      verb: 'resume',
      tickets: [],
    });
    if (living.run !== undefined) {
      context.stdout.line(
        flags.has('json')
          ? JSON.stringify(living, null, 2)
          : `run ${living.run} goes on in its own process`,
      );
      return exitCode.done;
    }
    const repository = await repositoryHere(context);
    if (flags.has('detach')) {
      const { detach } = await import('../stream/detach.js');
      return detach(context, repository, flags.has('json'));
    }
    const detached = values['detached']?.at(-1);
    const { resumeStream } = await import('../stream/run-stream.js');
    return resumeStream(context, repository, {
      format: flags.has('json') ? 'json' : 'text',
      quiet: flags.has('quiet'),
      plain: flags.has('plain'),
      ...(detached === undefined ? {} : { detached }),
    });
  },
};
