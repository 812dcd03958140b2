import type { ChalkInstance } from 'chalk';
import { callOf, explainCallOf } from '../model/backlog.js';
import type { Summary } from '../model/summary.js';
import { clean } from './clean.js';
import { duration } from './duration.js';

/** The summary for people: what landed, what needs a human with the one command each, figures, how to go on. */
export function summaryText(summary: Summary, paint: ChalkInstance): string {
  return [
    ...head(summary, paint),
    ...landed(summary, paint),
    ...attention(summary, paint),
    ...figures(summary, paint),
    ...ending(summary, paint),
  ].join('\n');
}

function head(summary: Summary, paint: ChalkInstance): string[] {
  const { landed, deferred, blocked, pending } = summary;
  const counts = [
    `${landed.length} landed`,
    ...(deferred.length > 0 ? [`${deferred.length} deferred`] : []),
    ...(blocked.length > 0 ? [`${blocked.length} blocked`] : []),
    ...(pending.length > 0 ? [`${pending.length} pending`] : []),
  ];
  const stopped =
    summary.stoppedBy?.mode === 'cancel'
      ? 'cancelled: '
      : summary.stoppedBy
        ? `interrupted (${clean(summary.stoppedBy.by)}), ${pending.length} pending: `
        : '';
  return ['', paint.bold(`${stopped}${counts.join(', ')}`)];
}

function landed(summary: Summary, paint: ChalkInstance): string[] {
  return [
    ...summary.landed.map(
      ({ id, title, commit, ms, attempts, isFlaky }) =>
        `  ${paint.green('landed  ')} ${paint.cyan(clean(id))} ${clean(title)} ${paint.dim(
          `${commit.slice(0, 10)}, ${duration(ms)}${attempts > 1 ? `, ${attempts} attempts` : ''}${isFlaky ? ', flaky check' : ''}`,
        )}`,
    ),
    ...summary.containers.map((id) => `  ${paint.green('complete')} ${paint.cyan(clean(id))}`),
  ];
}

/** What did not land, and what else waits for a decision, each with the one command for it. */
function attention(summary: Summary, paint: ChalkInstance): string[] {
  const lines: string[] = [];
  const way = (command: string) => lines.push(`           → ${clean(command)}`);
  for (const { id, title, reason, hint, next } of summary.deferred) {
    lines.push(`  ${paint.red('deferred')} ${paint.cyan(clean(id))} ${clean(title)}`);
    lines.push(`           ${clean(reason)}${hint ? paint.dim(` (${clean(hint)})`) : ''}`);
    way(next);
  }
  const told = new Set([...summary.deferred, ...summary.pending].map(({ id }) => id));
  for (const { id, by } of summary.blocked) {
    lines.push(
      `  ${paint.yellow('blocked ')} ${paint.cyan(clean(id))} waits for ${clean(by.join(' ← '))}`,
    );
    // What it waits for has a command of its own above or below.
    if (!told.has(by.at(-1) ?? '')) way(explainCallOf(summary.backlog ?? 'tickets', id));
  }
  for (const { id, why, kept } of summary.pending) {
    lines.push(
      `  ${paint.yellow('pending ')} ${paint.cyan(clean(id))} ${clean(why)}${kept ? ` → sage rescue ${clean(id)}` : ''}`,
    );
  }
  for (const { id, ticket, kind, title, command } of summary.reports ?? []) {
    if (kind === 'done') continue;
    lines.push(
      `  ${paint.yellow(kind.padEnd(8))} ${paint.cyan(clean(ticket))} ${clean(title)} ${paint.dim(`(${id})`)}`,
    );
    if (command !== undefined) way(command);
  }
  const failure = summary.failure ?? summary.stoppedBy?.failure;
  const isBudget = failure?.code === 'budget/reached';
  if (summary.stoppedBy && summary.pending.length > 0) {
    way(
      `${callOf(summary.backlog ?? 'tickets')}${isBudget ? ' --max-cost USD' : ''} takes up what is pending`,
    );
  }
  for (const note of summary.notes) lines.push(`  ${paint.yellow('note    ')} ${clean(note)}`);
  if (failure) {
    lines.push(`  ${paint.red(failure.code)} ${clean(failure.message)}`);
    if (failure.hint) lines.push(`           ${clean(failure.hint)}`);
  }
  const left = decisions(summary);
  if (left === 0) return lines;
  return [paint.bold(`  to decide: ${left}, each with its command`), ...lines];
}

/** Things that no later run does by itself. */
const decisions = ({ deferred, blocked, pending, stoppedBy, reports = [] }: Summary) => {
  const told = new Set([...deferred, ...pending].map(({ id }) => id));
  return (
    deferred.length +
    blocked.filter(({ by }) => !told.has(by.at(-1) ?? '')).length +
    pending.filter(({ kept }) => kept !== undefined).length +
    reports.filter(({ command }) => command !== undefined).length +
    (stoppedBy?.failure ? 1 : 0)
  );
};

function figures(summary: Summary, paint: ChalkInstance): string[] {
  if (summary.landed.length + summary.deferred.length === 0) return [];
  const { slots, wallMs, sumMs, speedUp, utilisation, lost, lowerBoundMs, otherSchedule } = summary;
  const limited =
    slots.limitedBy.length > 0 ? `, limited: ${clean(slots.limitedBy.join('; '))}` : '';
  const overBound = lowerBoundMs > 0 ? (wallMs / lowerBoundMs).toFixed(2) : '–';
  const cost = [
    summary.costUsd === undefined ? 'cost not told' : costWords(summary),
    summary.tokens === undefined
      ? 'tokens not told'
      : `${summary.tokens.toLocaleString('en-US')} tokens`,
  ];
  return [
    '',
    `  took ${duration(wallMs)} for ${duration(sumMs)} of tickets: ${paint.bold(`${speedUp.toFixed(2)}× as fast`)} with ${slots.used} at once (${Math.round(utilisation * 100)} % busy${limited})`,
    paint.dim(
      `  waiting to land ${duration(lost.waitingMs)}, landing ${duration(lost.landingMs)}, lanes and set-up ${duration(lost.setupMs)}${lost.keysMs === undefined ? '' : `, waiting for keys ${duration(lost.keysMs)}`}; ${overBound} × the lower bound`,
    ),
    paint.dim(
      `  ${otherSchedule.schedule === 'batch' ? 'strict batches' : 'rolling'} would have taken about ${duration(otherSchedule.ms)} (estimate); ${cost.join(', ')}`,
    ),
  ];
}

/** A cost with where it comes from, and what is missing in it. */
function costWords({ costUsd = 0, pricedUsd = 0, unknownCosts = 0 }: Summary): string {
  const attempts = `${unknownCosts} ${unknownCosts === 1 ? 'attempt' : 'attempts'}`;
  const basis =
    pricedUsd === 0
      ? ' told by agents'
      : pricedUsd === costUsd
        ? ' by the price table'
        : `, ${pricedUsd.toFixed(2)} of it by the price table`;
  const missing = unknownCosts === 0 ? '' : ` and ${attempts} of unknown cost`;
  return `${costUsd.toFixed(2)} USD${basis}${missing}`;
}

function ending(summary: Summary, paint: ChalkInstance): string[] {
  const { delivery } = summary;
  if (!delivery || delivery.how === 'nothing') return [''];
  if (delivery.how === 'forwarded') {
    return [
      '',
      `  ${paint.green('delivered')}: ${clean(summary.target)} now stands at ${summary.tip.slice(0, 10)} (fast-forward of ${clean(summary.branch)})`,
      '',
    ];
  }
  return [
    '',
    `  the work is on ${paint.bold(clean(summary.branch))}: ${clean(delivery.why)}`,
    ...(delivery.command ? [`  → ${clean(delivery.command)}`] : []),
    '',
  ];
}
