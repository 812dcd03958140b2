import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CredentialSettings } from '../model/credentials.js';
import { askProgram } from '../process/ask-program.js';

/** A place where keys are looked for. */
export interface KeySources {
  readonly variables: Readonly<Record<string, string>>;
  /** Top of the checkout. */
  readonly root: string;
  readonly commandLimitMs?: number;
}

/** What was found; words name places, never values. */
interface Found {
  /** In the order given; each with where it stands. */
  readonly keys: readonly { readonly value: string; readonly place: string }[];
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

const COMMAND_LIMIT_MS = 30_000;

/** The keys that a source gives, as it gives them. */
export async function readKeySource(
  { environment, file, command }: CredentialSettings['from'],
  sources: KeySources,
): Promise<Found> {
  if (environment) return fromEnvironment(environment, sources);
  if (file !== undefined) return fromFile(resolve(sources.root, file));
  return fromCommand(command ?? [], sources);
}

function fromEnvironment(names: readonly string[], { variables }: KeySources): Found {
  const missing = names.filter((name) => variables[name] === undefined);
  return {
    keys: names.flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [{ value: value.trim(), place: `the variable ${name}` }];
    }),
    faults: missing.map((name) => `the variable ${name} is not set`),
    warnings: [],
  };
}

async function fromFile(file: string): Promise<Found> {
  try {
    const { mode } = await stat(file);
    const isOpen = (mode & 0o077) !== 0;
    return {
      keys: linesOf(await readFile(file, 'utf8'), file),
      faults: [],
      warnings: isOpen ? [`${file} can be read by others; \`chmod 600\` closes it`] : [],
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? 'unknown error'})`;
    return { keys: [], faults: [`the file ${file} ${why}`], warnings: [] };
  }
}

async function fromCommand(command: readonly string[], sources: KeySources): Promise<Found> {
  const told = await askProgram(command, {
    cwd: sources.root,
    env: sources.variables,
    limitMs: sources.commandLimitMs ?? COMMAND_LIMIT_MS,
  });
  const name = `the command ${command[0] ?? ''}`;
  return told.ok
    ? { keys: linesOf(told.stdout, name), faults: [], warnings: [] }
    : { keys: [], faults: [`${name} ${told.why}`], warnings: [] };
}

/** Empty lines and those that begin with # are none. */
const linesOf = (text: string, place: string): Found['keys'] =>
  text
    .split('\n')
    .map((line, index) => ({ value: line.trim(), place: `line ${index + 1} of ${place}` }))
    .filter(({ value }) => value !== '' && !value.startsWith('#'));
