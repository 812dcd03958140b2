import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';

/** `sage deliver`: what a run left on its branch, brought into the branch it started from. */
export const command: CliCommand = {
  name: 'deliver',
  describe: "Bring a finished run's branch into the branch it started from",
  usage: ['sage deliver [RUN]', 'sage deliver [RUN] --target BRANCH'],
  positionals: ['[RUN]'],
  options: {
    target: { type: 'value', placeholder: 'BRANCH', describe: 'Another branch to deliver to' },
    json: { type: 'flag', describe: 'Answer as JSON' },
  },
  epilogue:
    'Only fast-forwards, and only where no changed file of yours is in the way. What the branch got meanwhile is merged into the run first, and checked; on a conflict or red checks nothing is moved. Then it says what to type.',
  run: async (context, { positionals, values, flags }) => {
    const repository = await repositoryHere(context);
    const { deliverStream } = await import('../stream/deliver-stream.js');
    const target = values['target']?.at(-1);
    const manner = { isQuiet: flags.has('json') };
    const done = await deliverStream(context, repository, positionals[0], target, manner);
    if (flags.has('json')) context.stdout.line(JSON.stringify({ version: 1, ...done }, null, 2));
    else {
      const { how, branch, target: into, why } = done;
      context.stdout.line(
        how === 'nothing'
          ? `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`
          : how === 'forwarded'
            ? `${branch} → ${into}: ${why}`
            : `${branch} is not in ${into}: ${why}`,
      );
      if (done.command) context.stdout.line(`→ ${done.command}`);
    }
    return done.how === 'left' ? exitCode.unlanded : exitCode.done;
  },
};
