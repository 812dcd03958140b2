import type { ControlAnswer } from '../model/answer-schemas.js';
import type { CliCommand } from './command.js';
import { exitCode } from './exit-code.js';
import { repositoryToLookAt } from './here.js';

/** What is said of a run that has obeyed. */
type Told = (answer: ControlAnswer & { readonly run: string }) => string;

const json = {
  json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/control.json)' },
} as const;

/** A command that tells the run that goes on in this repository what to do. */
export function controlCommand(
  verb: 'stop' | 'pause' | 'cancel',
  words: Pick<CliCommand, 'describe' | 'usage' | 'epilogue' | 'positionals'>,
  told: Told,
): CliCommand {
  return {
    name: verb,
    ...words,
    options: json,
    run: async (context, { positionals, flags }) => {
      const repository = await repositoryToLookAt(context);
      const { controlRun } = await import('../run/control-run.js');
      const wish = { verb, tickets: positionals };
      const answer = await controlRun(repository, context.clock, wish);
      const { run } = answer;
      context.stdout.line(
        flags.has('json')
          ? JSON.stringify(answer, null, 2)
          : run === undefined
            ? 'No run is going on here.'
            : told({ ...answer, run }),
      );
      return exitCode.done;
    },
  };
}

/** `1 agent`, `3 agents`. */
export const agentCount = (many: number) => `${many} agent${many === 1 ? '' : 's'}`;
