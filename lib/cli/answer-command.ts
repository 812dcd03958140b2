import type { Answer } from '../model/question.js';
import type { Arguments } from './command.js';
import type { Context } from './context.js';
import { repositoryHere } from './here.js';
import { spanOf } from './span.js';

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

/** Gives the answer, follows the run to its next question or its end, and tells that. */
export async function giveAnswer(
  context: Context,
  given: Arguments,
  answer: Answer,
  by: string,
): Promise<number> {
  const { flags, positionals } = given;
  const repository = await repositoryHere(context);
  const [{ answerRun }, { tellStep }] = await Promise.all([
    import('../run/answer-run.js'),
    import('./stream/tell-step.js'),
  ]);
  const [about] = positionals;
  const wish = { answer, by, ...(about === undefined ? {} : { about }) };
  const run = await answerRun(repository.commonDir, context.clock, wish);
  const forMs = spanOf(given);
  return tellStep(context, repository, run, {
    asJson: flags.has('json'),
    ...(forMs === undefined ? {} : { forMs }),
  });
}
