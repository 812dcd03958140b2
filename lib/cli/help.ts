import { commandTable } from './command-table.js';
import type { CliCommand, Option } from './command.js';

/** `sage --help`: made from the command table alone, so that it answers before yargs is loaded. */
export function topHelp(): string {
  const width = Math.max(...commandTable.map(({ name }) => name.length));
  const commands = commandTable.map(({ name, describe }) => `  ${name.padEnd(width)}  ${describe}`);
  return [
    'sage turns a queue of tickets (.sage/tickets/index.json) into landed commits.',
    '',
    'Usage: sage COMMAND [flags]',
    '',
    'Commands:',
    ...commands,
    '',
    '  sage COMMAND --help says more; sage --version tells the version.',
    '',
    'Begin with:',
    '  sage validate                        is everything in place?',
    '  sage stream --dry-run                what would happen?',
    '  sage stream --auto --parallel=3      work it off, three agents at once',
    '',
    'Exit codes: 0 done · 1 some tickets did not land · 2 wrong usage or input · 3 nothing can run',
    '            4 budget exhausted · 70 a bug of sage · 75 still running (status --for) · 130 cancelled',
  ].join('\n');
}

/** `sage COMMAND --help`, wrapped to `columns`. */
export function commandHelp(command: CliCommand, columns: number): string {
  const rows = Object.entries(command.options)
    .filter(([, option]) => option.hidden !== true)
    .map(([name, option]) => ({ form: formOf(name, option), describe: option.describe }));
  const indent = Math.max(0, ...rows.map(({ form }) => form.length)) + 4;
  const width = Math.max(24, Math.min(columns, 100) - indent);
  const flags = rows.map(({ form, describe }) => {
    const [first = '', ...others] = wrap(describe, width);
    return [
      `  ${form.padEnd(indent - 2)}${first}`,
      ...others.map((line) => ' '.repeat(indent) + line),
    ];
  });
  return [
    `${command.describe}.`,
    '',
    'Usage:',
    ...command.usage.map((line) => `  ${line}`),
    ...(flags.length > 0 ? ['', 'Flags:', ...flags.flat()] : []),
    ...(command.epilogue === undefined ? [] : ['', command.epilogue]),
  ].join('\n');
}

function formOf(name: string, { alias, placeholder }: Option): string {
  const short = alias?.length === 1 ? `-${alias}, ` : '';
  return `${short}--${name}${placeholder === undefined ? '' : `=${placeholder}`}`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
