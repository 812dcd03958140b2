import type { SettingList } from '../../model/answer-schemas.js';
import { Refusal } from '../../model/failure.js';
import { nearest } from '../../model/nearest.js';
import type { Arguments, CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryToLookAt } from '../here.js';
import { readStreamOptions } from '../options/read-stream.js';
import { streamOptionTable } from '../options/stream.js';

const { agent, parallel, schedule, order, verify, 'max-cost': maxCost } = streamOptionTable;

/** `sage config`: what holds here, and why. */
export const command: CliCommand = {
  name: 'config',
  describe: 'Show each setting, its value and where it comes from',
  usage: ['sage config [KEY]', 'sage config --explain [KEY]'],
  positionals: ['[KEY]'],
  options: {
    explain: {
      type: 'flag',
      describe: 'Say of each where it comes from: flag, variable, file and line, default',
    },
    json: { type: 'flag', describe: 'Answer as JSON (tickets-schema/settings.json)' },
    ...{ agent, parallel, schedule, order, verify, 'max-cost': maxCost },
  },
  epilogue:
    'The flags of `sage stream` that override settings are taken, too: so that it shows what such a call would use.',
  check: (given) => readStreamOptions(asRun(given)).faults,
  run: async (context, given) => {
    const { root } = await repositoryToLookAt(context);
    const [{ readConfig, settingsOf }, { explainSettings }, { clean }] = await Promise.all([
      import('../../config/read.js'),
      import('../../config/explain.js'),
      import('../../show/clean.js'),
    ]);
    const { options } = readStreamOptions(asRun(given));
    const reading = await readConfig({
      root,
      variables: context.environment.variables,
      flags: options?.overrides ?? {},
    });
    const all = explainSettings(settingsOf(reading), reading.places);
    const settings = chosen(all, given.positionals[0]);
    for (const { severity, message, hint } of reading.diagnostics)
      context.stderr.line(`${severity} ${message}${hint ? ` → ${hint}` : ''}`);
    if (given.flags.has('json')) {
      context.stdout.line(JSON.stringify({ version: 1, settings }, null, 2));
      return exitCode.done;
    }
    const wide = Math.max(...settings.map(({ key }) => key.length));
    const values = settings.map(({ value }) => clean(shown(value)));
    const wideValue = Math.min(40, Math.max(...values.map((value) => value.length)));
    settings.forEach(({ key, origin, where }, index) => {
      const value = values[index] ?? '';
      context.stdout.line(
        given.flags.has('explain')
          ? `${key.padEnd(wide)}  ${value.padEnd(wideValue)}  ${where ?? origin}`
          : `${key.padEnd(wide)}  ${value}`.trimEnd(),
      );
    });
    return exitCode.done;
  },
};

/** As the flags of a run, where `--parallel` may stand. */
const asRun = (given: Arguments): Arguments => ({ ...given, flags: new Set(['auto']) });

function chosen(all: SettingList['settings'], key: string | undefined): SettingList['settings'] {
  if (key === undefined) return all;
  const found = all.filter((one) => one.key === key || one.key.startsWith(`${key}.`));
  if (found.length > 0) return found;
  const names = all.flatMap((one) => [one.key, one.key.split('.')[0] ?? '']);
  const near = nearest(key, names);
  throw new Refusal(
    [
      {
        code: 'usage/invalid',
        message: `There is no setting "${key.slice(0, 60)}".`,
        hint: near ? `Did you mean ${near}?` : '`sage config` lists them.',
      },
    ],
    exitCode.invalid,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return '(not set)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
