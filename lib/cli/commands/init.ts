import type { Arguments, CliCommand } from '../command.js';
import { repositoryHere } from '../here.js';

/** `sage init`: a first `.sage/config.yaml`. */
export const command: CliCommand = {
  name: 'init',
  describe: 'Write .sage/config.yaml from what is found here and what you answer',
  usage: ['sage init', 'sage init --yes'],
  options: {
    yes: { type: 'flag', alias: 'y', describe: 'Ask nothing: write what is found' },
    agent: { type: 'value', placeholder: 'NAME', describe: 'Who works on tickets' },
    verify: {
      type: 'values',
      placeholder: 'COMMAND',
      describe: 'What every commit must pass (repeatable), or none',
    },
    access: {
      type: 'value',
      placeholder: 'HOW',
      choices: ['edits', 'full'],
      describe: 'What agents may do without asking: edits or full',
    },
  },
  epilogue: 'The file is shown before it is written. One that is there already stays as it is.',
  check: faults,
  run: async (context, given) => {
    const repository = await repositoryHere(context);
    const { initialise } = await import('../init/initialise.js');
    return initialise(context, repository, given);
  },
};

function faults({ values }: Arguments) {
  const usage = (message: string, hint: string) => ({
    code: 'usage/invalid' as const,
    message,
    hint,
  });
  const access = values['access']?.at(-1) ?? 'edits';
  const verify = values['verify'] ?? [];
  return [
    ...(access === '' || access === 'edits' || access === 'full'
      ? []
      : [usage(`--access cannot be "${access.slice(0, 60)}".`, 'It must be edits or full.')]),
    ...(verify.length > 1 && verify.includes('none')
      ? [usage('--verify none and --verify with a command contradict each other.', 'Keep one.')]
      : []),
  ];
}
