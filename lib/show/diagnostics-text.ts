import { Chalk, type ChalkInstance } from 'chalk';
import type { Diagnostic, Severity } from '../model/diagnostic.js';
import type { Failure, Place } from '../model/failure.js';
import { clean } from './clean.js';

export interface TextStyle {
  readonly hasColour: boolean;
}

/** Failures as people read them: what happened, where, what to do; the cause and the evidence indented below. */
export function failuresText(failures: readonly Failure[], style: TextStyle): string {
  const chalk = paint(style);
  return failures.map((failure) => failureText(failure, chalk)).join('\n');
}

function failureText(failure: Failure, chalk: ChalkInstance): string {
  const lines = [
    `${chalk.red('error')} ${chalk.bold(atPlace(failure.where))}${clean(failure.message)} ${chalk.dim(failure.code)}`,
  ];
  if (failure.hint) lines.push(`  ${chalk.cyan('→')} ${clean(failure.hint)}`);
  if (failure.evidence) {
    const evidence = failure.evidence.trimEnd().split('\n');
    lines.push(...evidence.map((line) => chalk.dim(`  │ ${clean(line)}`)));
  }
  if (failure.cause) {
    lines.push(`  because: ${failureText(failure.cause, chalk).split('\n').join('\n  ')}`);
  }
  return lines.join('\n');
}

/** Findings about inputs, one below the other in the order given. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], style: TextStyle): string {
  const chalk = paint(style);
  const lines = diagnostics.map((diagnostic) => {
    const colour = chalk[severityColour[diagnostic.severity]];
    const value = diagnostic.value === undefined ? '' : valueText(diagnostic);
    const head = `${colour(severityWord[diagnostic.severity])} ${chalk.bold(atPlace(diagnostic.where))}${clean(diagnostic.message)}${value} ${chalk.dim(diagnostic.code)}`;
    return diagnostic.hint ? `${head}\n  ${chalk.cyan('→')} ${clean(diagnostic.hint)}` : head;
  });
  return lines.join('\n');
}

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

const paint = ({ hasColour }: TextStyle) => new Chalk({ level: hasColour ? 1 : 0 });
