import { join } from 'node:path';
import { backlogs, indexPathOf } from '../../model/backlog.js';
import type { CliCommand, CommandEntry, Option } from '../command.js';
import type { Context } from '../context.js';
import { repositoryHere } from '../here.js';

/** A word that may stand where the cursor is, and what it means. */
export interface Candidate {
  readonly text: string;
  readonly describe?: string;
}

/** What may stand in the place of the last of `words`, which are all that follows the program's name. */
export async function complete(
  context: Context,
  table: readonly CommandEntry[],
  words: readonly string[],
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const [name = '', ...given] = words.slice(0, -1);
  const all = await allCandidates(context, table, name, given, current);
  return all.filter(({ text }) => text.startsWith(current));
}

async function allCandidates(
  context: Context,
  table: readonly CommandEntry[],
  name: string,
  given: readonly string[],
  current: string,
): Promise<readonly Candidate[]> {
  if (name === '' || name === 'help') return table.map(named);
  const entry = table.find((one) => one.name === name);
  if (!entry) return [];
  const { command } = await entry.load();
  const [, flag] = /^--([^=]+)=/.exec(current) ?? [];
  if (flag !== undefined) {
    const values = await valuesOf(context, command.options[flag]);
    return values.map(({ text, ...more }) => ({ text: `--${flag}=${text}`, ...more }));
  }
  const before = /^--([^=]+)$/.exec(given.at(-1) ?? '')?.[1];
  const option = before === undefined ? undefined : command.options[before];
  if (option && option.type !== 'flag') return valuesOf(context, option);
  if (current.startsWith('-')) return flagsOf(command, given);
  return positionalsOf(context, command, given);
}

const named = ({ name, describe }: { name: string; describe: string }): Candidate => ({
  text: name,
  describe,
});

/** Those that were not given yet, or may be given again. */
function flagsOf({ options }: CliCommand, given: readonly string[]): readonly Candidate[] {
  const used = new Set(given.map((word) => /^--([^=]+)/.exec(word)?.[1]));
  return Object.entries(options)
    .filter(([name, { hidden, type }]) => !hidden && (type === 'values' || !used.has(name)))
    .map(([name, { describe }]) => ({ text: `--${name}`, describe }));
}

async function valuesOf(
  context: Context,
  option: Option | undefined,
): Promise<readonly Candidate[]> {
  if (option === undefined || option.type === 'flag') return [];
  if (option.choices) return option.choices.map((text) => ({ text }));
  return thingsCalled(context, option.placeholder ?? '');
}

async function positionalsOf(
  context: Context,
  command: CliCommand,
  given: readonly string[],
): Promise<readonly Candidate[]> {
  const wanted = command.positionals ?? [];
  const count = given.filter(
    (word, index) => !word.startsWith('-') && !takesNext(command, given[index - 1]),
  ).length;
  const last = wanted.at(-1);
  const place = wanted[count] ?? (last?.includes('…') ? last : undefined);
  if (place === undefined) return [];
  const things = await thingsCalled(context, place.replace(/[[\]\u2026]/g, ''));
  return things.filter(({ text }) => !given.includes(text));
}

/** Whether the word behind this one is its value. */
function takesNext({ options }: CliCommand, word: string | undefined): boolean {
  const name = /^--([^=]+)$/.exec(word ?? '')?.[1];
  const option = name === undefined ? undefined : options[name];
  return option !== undefined && option.type !== 'flag';
}

/** Everything here that is called by that word in usages: `ID`, `RUN`, … */
async function thingsCalled(context: Context, word: string): Promise<readonly Candidate[]> {
  switch (word) {
    case 'ID':
      return tickets(context);
    case 'RUN': {
      const { listRuns } = await import('../../journal/run-directory.js');
      const runs = await listRuns((await repositoryHere(context)).commonDir);
      return [...runs].reverse().map(({ run }) => ({ text: run }));
    }
    case 'BRANCH': {
      const { git, root } = await repositoryHere(context);
      const args = ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/'];
      const found = await git(args, { cwd: root });
      return found.ok ? found.value.stdout.split('\n').map((text) => ({ text })) : [];
    }
    case 'CODE': {
      const [{ failureTable }, { findingTable }] = await Promise.all([
        import('../../model/failure-table.js'),
        import('../../model/finding-table.js'),
      ]);
      return Object.keys({ ...failureTable, ...findingTable }).map((text) => ({ text }));
    }
    case 'SHELL':
      return ['bash', 'zsh', 'fish'].map((text) => ({ text }));
    case 'N|auto':
      return ['auto', '1', '2', '3', '4'].map((text) => ({ text }));
    default:
      return [];
  }
}

async function tickets(context: Context): Promise<readonly Candidate[]> {
  const { root } = await repositoryHere(context);
  const [{ loadIndex }, { clean }] = await Promise.all([
    import('../../tickets/read.js'),
    import('../../show/clean.js'),
  ]);
  const found = await Promise.all(backlogs.map((one) => loadIndex(join(root, indexPathOf(one)))));
  return found
    .flatMap((index) => (index.ok ? index.value.tickets : []))
    .filter(({ id }) => clean(id) === id)
    .map(({ id, title }) => ({ text: id, describe: clean(title) }));
}
