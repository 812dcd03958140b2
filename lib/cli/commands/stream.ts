import { createGit } from '../../git/git.js';
import { openRepository } from '../../git/repository.js';
import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { readStreamOptions, streamOptionTable, type StreamOptions } from '../options/stream.js';

/** `sage stream`: the queue of tickets, from plan to landed commits. */
export const command: CliCommand = {
  name: 'stream',
  describe: 'Work off the ticket queue: plan it, run agents side by side, land what passes',
  usage: [
    'sage stream --dry-run',
    'sage stream --auto [--parallel=N|auto] [--detach]',
    'sage stream --explain ID',
  ],
  options: streamOptionTable,
  check: (given) => readStreamOptions(given).faults,
  run: async (context, given) => {
    const { options, faults } = readStreamOptions(given);
    if (options === undefined) throw new Refusal(faults, exitCode.invalid);
    return stream(context, options);
  },
};

async function stream(context: Context, options: StreamOptions): Promise<number> {
  const git = createGit(context.environment.variables);
  // The parts are loaded while git looks around.
  const [repository, { survey }] = await Promise.all([
    openRepository(git, context.cwd),
    import('../../run/survey.js'),
    options.mode === 'run' || options.detach ? undefined : import('../stream/show-stream.js'),
  ]);
  if (!repository.ok) throw new Refusal([repository.failure], exitCode.invalid);
  if (options.detach) {
    const { detach } = await import('../stream/detach.js');
    return detach(context, repository.value, options.format === 'json');
  }
  const look = () =>
    survey(repository.value, {
      overrides: options.overrides,
      variables: context.environment.variables,
      cpus: context.cpuCount,
      only: options.only,
      components: options.components,
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      ...(options.target === undefined ? {} : { target: options.target }),
    });
  if (options.mode === 'run') {
    const { runStream } = await import('../stream/run-stream.js');
    return runStream(context, repository.value, options, look);
  }
  const { showStream } = await import('../stream/show-stream.js');
  return showStream(context, options, await look());
}
