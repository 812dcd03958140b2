import type { Verification } from '../model/verification-schema.js';
import { clean } from './clean.js';
import { createPaint } from './paint.js';

/** A verification as people read it: what was looked at, what contradicts it, and the word at the end. */
export function verificationText(verification: Verification, hasColour: boolean): string {
  const { run, branch, isFinished, agrees, checked, contradictions, notes } = verification;
  const paint = createPaint(hasColour);
  const head = isFinished
    ? `Run ${run} on ${branch}`
    : `Run ${run} on ${branch}: it has not ended, so only what it landed so far was looked at`;
  const counts = [
    count(checked.tickets, 'landed ticket'),
    count(checked.commits, 'commit'),
    count(checked.trees, 'verified tree'),
    count(checked.logs, 'log'),
    count(checked.states, 'ticket state'),
    count(checked.records, 'journal record'),
  ].join(', ');
  return [
    head,
    `  checked again: ${counts}`,
    ...notes.map((note) => `  ${paint.dim(clean(note))}`),
    ...contradictions.map(
      ({ kind, message }) => `${paint.red('✗')} ${clean(message)} ${paint.dim(`[${kind}]`)}`,
    ),
    agrees
      ? `${paint.green('✓')} everything agrees`
      : `${paint.red(count(contradictions.length, 'contradiction'))}; nothing was changed`,
  ].join('\n');
}

const count = (many: number, one: string) => `${many} ${one}${many === 1 ? '' : 's'}`;
