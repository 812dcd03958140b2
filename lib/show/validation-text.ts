import type { Validation } from '../model/validation-schema.js';
import { clean } from './clean.js';
import { createPaint } from './paint.js';
import { diagnosticsText, type TextStyle } from './diagnostics-text.js';

export interface ValidationStyle extends TextStyle {
  /** Shows what was found good, too. */
  readonly isVerbose: boolean;
}

/** A validation as people read it: each group with its findings below, then the sum. */
export function validationText(validation: Validation, style: ValidationStyle): string {
  const chalk = createPaint(style.hasColour);
  const signs = {
    passed: chalk.green('✓'),
    warnings: chalk.yellow('!'),
    errors: chalk.red('✗'),
    'not-run': chalk.dim('–'),
  };
  const width = Math.max(...validation.checks.map(({ name }) => name.length));
  const groups = validation.checks.map(({ name, outcome, told }) => {
    const said = outcome === 'not-run' ? `not checked: ${told}` : told;
    const head = `${signs[outcome]} ${chalk.bold(name.padEnd(width))}  ${clean(said)}`.trimEnd();
    const own = validation.findings.filter(({ check }) => check === name);
    const { shown, more } = style.isVerbose ? { shown: own, more: 0 } : thin(own);
    if (shown.length === 0) return head;
    const below = diagnosticsText(shown, style).split('\n');
    if (more > 0) below.push(chalk.dim(`… and ${more} more like these; --verbose shows all`));
    return [head, ...below.map((line) => `    ${line}`)].join('\n');
  });
  return [...groups, ...componentLines(validation, style), '', sum(validation)].join('\n');
}

/** How many warnings of one kind are shown in a group; errors are shown all. */
const ALIKE = 3;

type Findings = Validation['findings'];

/** Without information, and without the many alike warnings that real indexes have. */
function thin(findings: Findings): { readonly shown: Findings; readonly more: number } {
  const seen = new Map<string, number>();
  const told = findings.filter(({ severity }) => severity !== 'information');
  const shown = told.filter(({ severity, code }) => {
    const count = (seen.get(code) ?? 0) + 1;
    seen.set(code, count);
    return severity !== 'warning' || count <= ALIKE;
  });
  return { shown, more: told.length - shown.length };
}

function componentLines(
  { parallel }: Validation,
  { isVerbose }: ValidationStyle,
): readonly string[] {
  if (!isVerbose || parallel === undefined || parallel.components.length < 2) return [];
  return parallel.components.map(({ name, tickets, waitsFor }) => {
    const after = waitsFor.length > 0 ? `after ${waitsFor.join(', ')}` : 'waits for no other';
    return `    ${clean(name)}: ${tickets} ${tickets === 1 ? 'ticket' : 'tickets'}, ${clean(after)}`;
  });
}

function sum({ counts, strict, exitCode, checks }: Validation): string {
  const parts = [
    ...plural(counts.errors, 'error'),
    ...plural(counts.warnings, strict ? 'warning (strict: counts as an error)' : 'warning'),
  ];
  const skipped = checks.filter(({ outcome }) => outcome === 'not-run').length;
  const note = skipped > 0 ? `; ${skipped} not checked` : '';
  if (parts.length > 0) return `${parts.join(', ')}${note}`;
  return exitCode === 0 ? `All is well${note}` : note;
}

function plural(count: number, what: string): readonly string[] {
  if (count === 0) return [];
  return [count === 1 ? `1 ${what}` : `${count} ${what.replace(/^\w+/, '$&s')}`];
}
