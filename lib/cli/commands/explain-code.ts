import { failureTable } from '../../model/failure-table.js';
import { findingTable } from '../../model/finding-table.js';
import { Refusal } from '../../model/failure.js';
import { nearest } from '../../model/nearest.js';
import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';

const table = { ...failureTable, ...findingTable };
type Code = keyof typeof table;

const isCode = (text: string): text is Code => Object.hasOwn(table, text);

/** `sage explain CODE`: an entry of docs/failures.md. Without a code: the list. */
export const command: CliCommand = {
  name: 'explain',
  describe: 'Say what a failure code means and what to do about it',
  usage: ['sage explain [CODE]'],
  positionals: ['[CODE]'],
  options: { json: { type: 'flag', describe: 'Answer as JSON' } },
  epilogue:
    'Codes stand at the end of every error. Why a ticket does not run: sage stream --explain ID.',
  run: (context, { positionals: [code], flags }) => {
    const codes = (Object.keys(table) as Code[]).sort();
    if (code !== undefined && !isCode(code)) throw unknownCode(code, codes);
    const chosen = code === undefined ? codes : [code];
    const entries = chosen.map((each) => ({ code: each, ...table[each] }));
    if (flags.has('json')) context.stdout.line(JSON.stringify(entries, null, 2));
    else if (code === undefined) {
      const width = Math.max(...codes.map((each) => each.length));
      for (const entry of entries)
        context.stdout.line(`${entry.code.padEnd(width)}  ${entry.means}`);
    } else {
      for (const entry of entries) {
        context.stdout.line(`${entry.code}\n\n${entry.means}\n\n→ ${entry.wayOut}`);
      }
    }
    return Promise.resolve(exitCode.done);
  },
};

function unknownCode(code: string, codes: readonly string[]): Refusal {
  const near = nearest(code, codes) ?? codes.find((each) => each.endsWith(`/${code}`));
  return new Refusal(
    [
      {
        code: 'usage/invalid',
        message: `There is no failure code "${code.slice(0, 60)}".`,
        hint: near
          ? `Did you mean \`sage explain ${near}\`?`
          : '`sage explain` lists all. For a ticket: `sage stream --explain ID`.',
      },
    ],
    exitCode.invalid,
  );
}
