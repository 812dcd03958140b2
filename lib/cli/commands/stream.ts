import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';
import { isAtTerminal } from '../stream/at-terminal.js';
import { preview, surveyOptions } from '../stream/preview.js';
import { readStreamOptions } from '../options/read-stream.js';
import { streamOptionTable, type StreamOptions } from '../options/stream.js';

/** `sage stream`: the queue of tickets, from plan to landed commits. */
export const command: CliCommand = {
  name: 'stream',
  describe: 'Work off the ticket queue: plan it, run agents side by side, land what passes',
  usage: [
    'sage stream --dry-run',
    'sage stream --auto [--parallel=N|auto] [--detach]',
    'sage stream [--interactive | --semi-auto] [--step]',
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

async function stream(context: Context, given: StreamOptions): Promise<number> {
  const options = atTerminal(context, given);
  const isRun = options.mode === 'run';
  const wish = surveyOptions(context, options);
  if (!isRun && !options.detach)
    return preview(context, wish, async () => {
      const { showStream } = await import('../stream/show-stream.js');
      return (seen) => showStream(context, options, seen);
    });
  // The parts are loaded while git looks around.
  const [repository, { survey }] = await Promise.all([
    repositoryHere(context),
    import('../../run/survey.js'),
  ]);
  if (options.detach) {
    const { detach } = await import('../stream/detach.js');
    return detach(context, repository, options.format === 'json');
  }
  if (options.step && options.stepping === undefined) {
    const { stepStream } = await import('../stream/step-stream.js');
    return stepStream(context, repository, options);
  }
  const { runStream } = await import('../stream/run-stream.js');
  return runStream(context, repository, options, () => survey(repository, wish));
}

/**
 * Who sits at a terminal is asked, unless they want to see something only; elsewhere nobody can be, and who asked for it
 * is told how a program does it.
 */
function atTerminal(context: Context, options: StreamOptions): StreamOptions {
  const isAsked = options.confirm !== undefined && !options.step;
  const isTerminal = isAtTerminal(context);
  if (options.mode === 'run' && isAsked && !isTerminal) {
    const flag = options.confirm === 'component' ? '--semi-auto' : '--interactive';
    const failure = {
      code: 'usage/invalid',
      message: `${flag} asks on a terminal, and this is none.`,
      hint: `A program is asked step by step: \`sage stream ${flag} --step\`. Not asked: \`sage stream --auto\`.`,
    } as const;
    throw new Refusal([failure], exitCode.invalid);
  }
  if (options.mode !== 'plan' || !isTerminal || options.format !== 'text') return options;
  const overrides = { ...options.overrides, parallel: 0 };
  return { ...options, mode: 'run', confirm: 'ticket', overrides };
}
