import { createGit } from '../git/git.js';
import { openRepository } from '../git/repository.js';
import { Refusal } from '../model/failure.js';
import type { Answer } from '../model/question.js';
import type { Arguments } from './command.js';
import type { Context } from './context.js';
import { exitCode } from './exit-code.js';
import { readSpan } from '../config/values.js';

/** Flags of the commands that answer. */
export const answerOptions = {
  for: {
    type: 'value',
    placeholder: 'TIME',
    describe: 'Wait so long for the next question (90s, 9m); exit code 75: it still runs',
    needs: 'Say how long: `--for 9m`.',
  },
  json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/step.json)' },
} as const;

/** Faults of these flags' values. */
export function answerFaults({ values }: Arguments) {
  const text = values['for']?.at(-1);
  if (text === undefined || text === '' || readSpan(text) !== undefined) return [];
  return [
    {
      code: 'usage/invalid' as const,
      message: `--for cannot be "${text.slice(0, 60)}".`,
      hint: 'It must be a time such as 90s, 9m or 1h.',
    },
  ];
}

/** Gives the answer, follows the run to its next question or its end, and tells that. */
export async function giveAnswer(
  context: Context,
  { flags, values, positionals }: Arguments,
  answer: Answer,
  by: string,
): Promise<number> {
  const git = createGit(context.environment.variables);
  const repository = await openRepository(git, context.cwd);
  if (!repository.ok) throw new Refusal([repository.failure], exitCode.invalid);
  const [{ answerRun }, { tellStep }] = await Promise.all([
    import('../run/answer-run.js'),
    import('./stream/tell-step.js'),
  ]);
  const [about] = positionals;
  const wish = { answer, by, ...(about === undefined ? {} : { about }) };
  const run = await answerRun(repository.value.commonDir, context.clock, wish);
  const forMs = readSpan(values['for']?.at(-1) ?? '');
  return tellStep(context, repository.value, run, {
    asJson: flags.has('json'),
    ...(forMs === undefined ? {} : { forMs }),
  });
}
