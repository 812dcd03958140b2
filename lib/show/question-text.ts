import type { ChalkInstance } from 'chalk';
import type { Asked } from '../model/question-schema.js';
import { clean } from './clean.js';
import { wrap } from './layout.js';

const DESCRIPTION_LINES = 12;

interface View {
  readonly paint: ChalkInstance;
  readonly width: number;
}

/** What is asked, with what is needed to answer it; how to answer comes behind it. */
export function questionText(asked: Asked, { paint, width: columns }: View): string {
  const width = Math.min(120, Math.max(40, columns));
  const { ticket, title, component, tickets = [], reason, commit = '', attempt = 1 } = asked;
  const name = `${paint.cyan(clean(ticket))}${title === ticket ? '' : ` ${clean(title)}`}`;
  const inside = (text: string) => wrap(`  ${text}`, width, '  ');
  if (asked.about === 'start') {
    return [
      component === undefined
        ? `${paint.bold('Next:')} ${name}`
        : `${paint.bold(`Next: component ${clean(component)},`)} ${count(tickets.length, 'ticket')}, the first: ${name}`,
      ...described(asked, inside),
      ...(component === undefined ? [] : inside(tickets.map(clean).join(', '))),
      ...inside(paint.dim(`why now: ${clean(reason ?? '')}`)),
    ].join('\n');
  }
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return [
    `${paint.bold('Ready to land:')} ${name} ${paint.dim(`(${commit.slice(0, 10)}${again})`)}`,
    ...(asked.changes ?? '').split('\n').map((line) => ` ${clean(line)}`.trimEnd()),
    ...checkLines(asked, paint),
  ].join('\n');
}

function described({ description }: Asked, inside: (text: string) => string[]): string[] {
  const lines = description
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [] : inside(clean(line))));
  return lines.length <= DESCRIPTION_LINES ? lines : [...lines.slice(0, DESCRIPTION_LINES), '  …'];
}

function checkLines({ checks = [] }: Asked, paint: ChalkInstance): string[] {
  if (checks.length === 0) return [paint.yellow('  not verified: verify is none')];
  return checks.map(({ command, outcome, log }) => {
    const colour = outcome === 'passed' ? paint.green : paint.yellow;
    // Red for known reasons alone is no reason to reject.
    const word = outcome === 'passed' ? 'passed' : 'failed as the base does';
    return `  ${colour(word)} ${clean(command)} ${paint.dim(clean(log))}`;
  });
}

/** The answers with what to type for each, and the way to the whole diff. */
export function answerLines({ answers, diff, component }: Asked): readonly string[] {
  const means = {
    go: 'yes',
    'send-back': 'to the agent again, with a note',
    defer:
      component === undefined
        ? 'put it off: DEFERRED, work is kept; --note "why" says the reason'
        : 'leave the component out of this run',
    stop: 'end the run here',
  };
  return [
    ...(diff === undefined ? [] : [`  ${clean(diff)}   all changes`]),
    ...answers.map(({ answer, command }) => `→ ${clean(command)}   ${means[answer]}`),
  ];
}

const count = (many: number, what: string) => `${many} ${what}${many === 1 ? '' : 's'}`;
