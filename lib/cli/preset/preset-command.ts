import type { Preset } from '../../items/preset.js';
import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { repositoryHere } from '../here.js';
import type { StreamOptions } from '../options/stream.js';
import { preview, surveyOptions } from '../stream/preview.js';
import { presetOptionTable, readPresetOptions, type ToolWords } from './options.js';

/** What a workflow tool says of itself before it is loaded. */
export interface PresetCommand extends ToolWords {
  readonly name: Preset['backlog'];
  readonly describe: string;
  readonly epilogue: string;
  readonly load: () => Promise<Preset>;
}

/** A workflow tool as a command: the one runner of all of them, which is that of `sage stream --auto`. */
export const presetCommand = ({ name, describe, word, epilogue, load }: PresetCommand) =>
  ({
    name,
    describe,
    usage: [`sage ${name} --dry-run`, `sage ${name} [--parallel N|auto] [--detach]`],
    options: presetOptionTable,
    epilogue,
    check: (given) => readPresetOptions(given, { name, word }).faults,
    run: async (context, given) => {
      const { options, faults } = readPresetOptions(given, { name, word });
      if (options === undefined) throw new Refusal(faults, exitCode.invalid);
      return runPreset(context, options, await load());
    },
  }) satisfies CliCommand;

async function runPreset(
  context: Context,
  options: StreamOptions,
  preset: Preset,
): Promise<number> {
  const wish = surveyOptions(context, options, preset);
  if (options.mode === 'dry-run')
    return preview(context, wish, async () => {
      const { showItems } = await import('./show-items.js');
      return (seen) => showItems(context, options, seen);
    });
  const [repository, { survey }] = await Promise.all([
    repositoryHere(context),
    import('../../run/survey.js'),
  ]);
  if (options.detach) {
    const { detach } = await import('../stream/detach.js');
    return detach(context, repository, options.format === 'json');
  }
  const { runStream } = await import('../stream/run-stream.js');
  return runStream(context, repository, options, () => survey(repository, wish), preset.backlog);
}
