import { Refusal, type Failure } from '../model/failure.js';
import { nearest } from '../model/nearest.js';
import { commandTable } from './command-table.js';
import type { CliCommand } from './command.js';
import { dieOfBugs } from './die-of-bugs.js';
import { createContext } from './compose.js';
import type { Context, Host } from './context.js';
import { exitCode } from './exit-code.js';
import { commandHelp, topHelp } from './help.js';
import { reportBug, reportFailures } from './report.js';

/** Entry of the program: parses the command line, runs one command, sets `process.exitCode`; never throws. */
export async function main(args: readonly string[], host: Host): Promise<void> {
  const context = createContext(host);
  dieOfBugs(context.version);
  try {
    process.exitCode = await dispatch(args, context);
  } catch (error) {
    if (error instanceof Refusal) {
      await reportFailures(error.failures, context, args.includes('--json'));
      process.exitCode = error.exitCode;
    } else {
      process.exitCode = await reportUnexpected(error, context, args.includes('--json'));
    }
  }
}

/** A disk that is full or cannot be written is the machine's fault, wherever it was met; all else is ours. */
async function reportUnexpected(
  error: unknown,
  context: Context,
  asJson: boolean,
): Promise<number> {
  const { diskTrouble } = await import('../journal/disk-trouble.js');
  const failure = await diskTrouble(error, context.cwd);
  if (failure) {
    await reportFailures([failure], context, asJson);
    return exitCode.unlanded;
  }
  await reportBug(error, context);
  return exitCode.bug;
}

async function dispatch(args: readonly string[], context: Context): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    context.stderr.line(topHelp());
    return exitCode.invalid;
  }
  if (isHelp(name)) return help(rest, context);
  if (isVersion(name)) {
    context.stdout.line(context.version);
    return exitCode.done;
  }
  const command = await loadCommand(name);
  const end = rest.indexOf('--');
  if ((end < 0 ? rest : rest.slice(0, end)).some(isHelp)) return help([name], context);

  const { parseArguments } = await import('./parse-arguments.js');
  const { given, meant, faults } = parseArguments(command, rest);
  const all = [...faults, ...(command.check?.(meant) ?? [])];
  if (all.length > 0) throw new Refusal(all, command.usageExitCode ?? exitCode.invalid);
  return command.run(context, given, commandTable);
}

async function help([name]: readonly string[], context: Context): Promise<number> {
  const isTop = name === undefined || name.startsWith('-');
  const text = isTop ? topHelp() : commandHelp(await loadCommand(name), context.stdout.columns());
  context.stdout.line(text);
  return exitCode.done;
}

async function loadCommand(name: string): Promise<CliCommand> {
  const entry = commandTable.find((candidate) => candidate.name === name);
  if (entry) return (await entry.load()).command;
  const names = commandTable.map((candidate) => candidate.name);
  const near = nearest(name, names);
  const unknown: Failure = {
    code: 'usage/invalid',
    message: name.startsWith('-')
      ? `A command is missing before "${name}".`
      : `There is no command "${name.slice(0, 60)}".`,
    hint: near
      ? `Did you mean \`sage ${near}\`?`
      : `Commands: ${names.join(', ')}. \`sage --help\` says what they do.`,
  };
  throw new Refusal([unknown], exitCode.invalid);
}

const isHelp = (arg: string) => arg === '--help' || arg === '-h' || arg === 'help';
const isVersion = (arg: string) => arg === '--version' || arg === '-v' || arg === '-V';
