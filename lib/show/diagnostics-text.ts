import type { ChalkInstance } from 'chalk';
import type { Diagnostic, Severity } from '../model/diagnostic.js';
import type { Failure, Place } from '../model/failure.js';
import { clean } from './clean.js';
import { createPaint } from './paint.js';

export interface TextStyle {
  readonly hasColour: boolean;
}

/** Failures as people read them: what happened, where, what to do; the cause and the evidence indented below. */
export function failuresText(failures: readonly Failure[], style: TextStyle): string {
  const chalk = createPaint(style.hasColour);
  return failures.map((failure) => failureText(failure, chalk)).join('\n');
}

function failureText(failure: Failure, chalk: ChalkInstance): string {
  const { message, code, hint, where, evidence, cause } = failure;
  const lines = [
    ...head(chalk.red('error'), where, message, code, chalk),
    ...wayOut(hint, chalk),
    ...(evidence ? linesOf(evidence.trimEnd()).map((line) => chalk.dim(`  │ ${line}`)) : []),
  ];
  if (cause) lines.push(`  because: ${failureText(cause, chalk).split('\n').join('\n  ')}`);
  return lines.join('\n');
}

/** Findings about inputs, one below the other in the order given. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], style: TextStyle): string {
  const chalk = createPaint(style.hasColour);
  return diagnostics
    .flatMap((diagnostic) => {
      const { severity, where, message, code, hint } = diagnostic;
      const word = chalk[severityColour[severity]](severityWord[severity]);
      const told = message + valueText(diagnostic);
      return [...head(word, where, told, code, chalk), ...wayOut(hint, chalk)];
    })
    .join('\n');
}

/** The word, the place, what happened and its code; further lines of the message below. */
function head(
  word: string,
  where: Place | undefined,
  message: string,
  code: string,
  chalk: ChalkInstance,
): readonly string[] {
  const [first = '', ...others] = linesOf(message);
  return [`${word} ${chalk.bold(atPlace(where))}${first} ${chalk.dim(code)}`, ...others];
}

function wayOut(hint: string | undefined, chalk: ChalkInstance): readonly string[] {
  if (hint === undefined) return [];
  const [first = '', ...others] = linesOf(hint);
  return [`  ${chalk.cyan('→')} ${first}`, ...others.map((line) => `  ${line}`)];
}

/** Lines of a text of ours, whatever others' text in them holds. */
const linesOf = (text: string) => text.split('\n').map(clean);

/** The offending value, unless the message says it already. */
function valueText({ value = '', message }: Diagnostic): string {
  const line = clean(value);
  const isSaid = line === '' || message.includes(line.replace(/^['"]|['"]$/g, ''));
  return isSaid || line.length > 60 ? '' : ` (${line})`;
}

/** `.sage/config.yaml:3:7: `, as editors and terminals turn into links. */
function atPlace(where: Place | undefined): string {
  if (where === undefined) return '';
  const parts = [where.file, where.line, where.column].filter((part) => part !== undefined);
  return `${clean(parts.join(':'))}: `;
}

const severityWord: Readonly<Record<Severity, string>> = {
  critical: 'error',
  error: 'error',
  warning: 'warning',
  information: 'note',
};

const severityColour = {
  critical: 'red',
  error: 'red',
  warning: 'yellow',
  information: 'blue',
} as const satisfies Record<Severity, string>;
