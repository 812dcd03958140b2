// yargs' parser without the rest of it: the whole of yargs would double the time that every call takes to start.
import { Parser } from 'yargs/helpers';
import type { Failure } from '../model/failure.js';
import { nearest } from '../model/nearest.js';
import type { Arguments, CliCommand, Option } from './command.js';

export interface ParsedArguments {
  readonly given: Arguments;
  /** `given`, with mistyped flags taken for what was probably meant: so that one slip is not told as two faults. */
  readonly meant: Arguments;
  /** Every fault of the names and forms; the command adds those of values and combinations. */
  readonly faults: readonly Failure[];
}

/** Everything that yargs would guess is switched off: `0x3` stays text, `--no-auto` is an unknown flag. */
const literally = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'short-option-groups': false,
  'strip-aliased': true,
};

/** Splits a command's arguments and checks their names, all faults at once. */
export function parseArguments(command: CliCommand, args: readonly string[]): ParsedArguments {
  const names = Object.entries(command.options);
  const ofType = (wanted: 'flag' | 'text') =>
    names
      .filter(([, option]) => (option.type === 'flag') === (wanted === 'flag'))
      .flatMap(([name, { alias }]) => (alias === undefined ? [name] : [name, alias]));
  const aliases = names.flatMap(([name, { alias }]) =>
    alias === undefined ? [] : [[name, alias]],
  );
  const { _: rest, ...typed } = Parser([...args], {
    boolean: ofType('flag'),
    string: ['_', ...ofType('text')],
    alias: Object.fromEntries(aliases) as Record<string, string>,
    configuration: literally,
  });
  const faults: Failure[] = [];
  const mistyped = new Set<string>();
  const flags = new Set<string>();
  const values: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(typed)) {
    const option = command.options[name];
    if (option === undefined) {
      const near = nearestFlag(command, name);
      if (near !== undefined) mistyped.add(near);
      faults.push(unknownFlag(command, name, near));
    } else if (option.type === 'flag') {
      if (isSet(value)) flags.add(name);
      faults.push(...valueForFlag(name, args));
    } else {
      const texts = [value].flat().map(String);
      values[name] = texts;
      if (texts.some((text) => text === '')) faults.push(missingValue(name, option));
      else if (texts.length > 1 && option.type === 'value') faults.push(repeated(name, texts));
    }
  }
  const positionals = rest.map(String);
  faults.push(...positionalFaults(command, positionals));
  const given: Arguments = { flags, values, positionals };
  return { given, meant: { ...given, flags: new Set([...flags, ...mistyped]) }, faults };
}

const usage = (message: string, hint: string): Failure => ({
  code: 'usage/invalid',
  message,
  hint,
});

const isSet = (value: unknown) => (Array.isArray(value) ? value.at(-1) : value) === true;

function unknownFlag(command: CliCommand, name: string, near: string | undefined): Failure {
  return usage(
    `There is no flag ${name.length === 1 ? '-' : '--'}${name} in \`sage ${command.name}\`.`,
    near ? `Did you mean --${near}?` : `\`sage ${command.name} --help\` lists them.`,
  );
}

function nearestFlag(command: CliCommand, name: string): string | undefined {
  const visible = Object.entries(command.options).filter(([, option]) => option.hidden !== true);
  return nearest(
    name,
    visible.map(([key]) => key),
  );
}

function valueForFlag(name: string, args: readonly string[]): readonly Failure[] {
  const odd = args.find((arg) => arg.startsWith(`--${name}=`));
  if (odd === undefined || /=(true|false)$/.test(odd)) return [];
  return [usage(`--${name} takes no value, but got ${quote(odd)}.`, `Write --${name} alone.`)];
}

function missingValue(name: string, option: Option): Failure {
  const way = option.needs ?? `Write --${name}=${option.placeholder ?? 'VALUE'}.`;
  return usage(`--${name} needs a value.`, way);
}

function repeated(name: string, texts: readonly string[]): Failure {
  return usage(
    `--${name} is given ${texts.length} times (${texts.map(quote).join(', ')}).`,
    'Give it once.',
  );
}

function positionalFaults(command: CliCommand, given: readonly string[]): readonly Failure[] {
  const wanted = command.positionals ?? [];
  const needed = wanted.filter((name) => !name.startsWith('['));
  const missing = needed
    .slice(given.length)
    .map((name) =>
      usage(`\`sage ${command.name}\` needs ${name}.`, `Usage: ${command.usage.join(' or ')}`),
    );
  const takesMany = wanted.at(-1)?.includes('…') === true;
  const excess = given
    .slice(takesMany ? given.length : wanted.length)
    .map((text) =>
      usage(
        `\`sage ${command.name}\` does not know what to do with ${quote(text)}.`,
        command.options['only']
          ? `To work on one ticket: --only ${text}.`
          : `\`sage ${command.name} --help\` says what it takes.`,
      ),
    );
  return [...missing, ...excess];
}

const quote = (text: string) => `"${text.slice(0, 60)}"`;
