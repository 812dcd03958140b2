import { Refusal } from '../../model/failure.js';
import type { Preset } from '../../items/preset.js';
import type { Survey, SurveyOptions } from '../../run/survey.js';
import type { Context } from '../context.js';
import { repositoryHere, repositoryToLookAt } from '../here.js';
import type { StreamOptions } from '../options/stream.js';

/** What is surveyed for a call; `preset`: the workflow tool that was called, if one was. */
export const surveyOptions = (
  context: Context,
  { overrides, only, components, limit, target }: StreamOptions,
  preset?: Preset,
): SurveyOptions => ({
  overrides,
  variables: context.environment.variables,
  cpus: context.cpuCount,
  only,
  components,
  ...(preset === undefined ? {} : { preset }),
  ...(limit === undefined ? {} : { limit }),
  ...(target === undefined ? {} : { target }),
});

/** Shows a survey and starts nothing. What shows it is loaded while git looks around. */
export async function preview(
  context: Context,
  wish: SurveyOptions,
  load: () => Promise<(seen: Survey) => Promise<number>>,
): Promise<number> {
  const [repository, { survey }, show] = await Promise.all([
    repositoryToLookAt(context),
    import('../../run/survey.js'),
    load(),
  ]);
  context.optimiseLater();
  try {
    return await show(await survey(repository, wish));
  } catch (error) {
    // git has not been asked about the repository yet; what it says about that goes first.
    if (error instanceof Refusal) await repositoryHere(context);
    throw error;
  }
}
