import type { ChalkInstance } from 'chalk';
import type { Plan, PlannedTicket } from '../model/plan.js';
import { forecastInFull } from '../plan/forecast-costs.js';
import { clean } from './clean.js';
import { fit, pad, wrap } from './layout.js';
import { batchLines, componentLines, standstillLines } from './plan-sections.js';
import { minutes, timelineText } from './timeline-text.js';

export interface PlanView {
  readonly paint: ChalkInstance;
  /** Columns of the terminal; kept between 40 and 200. */
  readonly width: number;
  /** The limit that a run would stop starting tickets at, where one is set. */
  readonly maxCostUsd?: number;
}

/**
 * The plan for people, for `--dry-run`: what would run, in which batches and how long it may take with how many agents;
 * what cannot run and why. Long lists are cut, and say so; `--json` has everything.
 */
export function planText(plan: Plan, view: PlanView): string {
  const { paint } = view;
  const width = Math.min(200, Math.max(40, view.width));
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', paint.bold(title), ...lines.map((line) => `  ${line}`)];
  const inner = width - 2;
  return [
    ...headLines(plan, width, paint),
    ...section('Batches', batchLines(plan, inner, paint)),
    ...section('Components', componentLines(plan, inner)),
    ...section(
      `Critical path: ${minutes(pathMinutes(plan))}`,
      plan.criticalPath.length === 0 ? [] : wrap(pathOf(plan), inner),
    ),
    ...section(
      `Timeline with ${agents(plan.slots.slots)} (estimated)`,
      timelineText(plan.timeline, plan.slots.slots, inner),
    ),
    ...section('Agents at once', forecastLines(plan, inner, paint)),
    ...section('Cannot run', standstillLines(plan, inner, paint)),
    ...section(
      'Notes',
      [...plan.notes.map(clean), ...costNotes(plan, view)].flatMap((note) =>
        wrap(`· ${note}`, inner, '  '),
      ),
    ),
    '',
  ].join('\n');
}

/** The plan in two lines, for whoever is asked about its first ticket right behind them. */
export function planBrief(plan: Plan, view: PlanView): string[] {
  const width = Math.min(200, Math.max(40, view.width));
  const path = pathOf(plan);
  return [
    fit(headline(plan), width),
    ...(path === ''
      ? []
      : wrap(`critical path, ${minutes(pathMinutes(plan))}: ${path}`, width, '  ')),
  ];
}

function headline(plan: Plan): string {
  const { counts, batches } = plan;
  if (counts.runnable === 0)
    return `Nothing can run: ${counts.open} open, ${counts.completed} of ${counts.total} completed`;
  const blocked = counts.blocked > 0 ? `, ${counts.blocked} blocked` : '';
  return `${tickets(counts.runnable)} to run in ${batches.length} ${batches.length === 1 ? 'batch' : 'batches'}${blocked}${sumOf(plan)}`;
}

function headLines(plan: Plan, width: number, paint: ChalkInstance): string[] {
  const { slots, schedule } = plan;
  const how =
    schedule === 'rolling'
      ? 'rolling: a ticket starts as soon as what it waits for has landed and an agent is free'
      : 'in batches: one starts when the one before it has landed';
  const where = plan.base === undefined ? '' : ` from ${plan.base.slice(0, 10)}`;
  return [
    paint.bold(fit(headline(plan), width)),
    ...wrap(
      `${agents(slots.slots)} at once (${slots.because.join(', ')}), ${how}${together(plan)}; plan ${plan.id.slice(0, 12)}${where}`,
      width,
    ).map((line) => paint.dim(line)),
  ];
}

/** With `isolation: epic`: into how many branches of work the tickets fall. */
function together({ isolation, tickets }: Plan): string {
  if (isolation !== 'epic') return '';
  const epics = new Set(tickets.flatMap(({ batch, epic }) => (batch === undefined ? [] : epic)));
  return `, the tickets of each of ${epics.size} epics one after another`;
}

/** How the tickets that are not done add up, where containers are among them. */
function sumOf({ counts, containers }: Plan): string {
  if (containers.length === 0) return '';
  const parts = [
    `${counts.runnable} to run`,
    ...(counts.blocked > 0 ? [`${counts.blocked} blocked`] : []),
    containers.length === 1 ? '1 container' : `${containers.length} containers`,
  ];
  return ` (${counts.open + containers.length} open = ${parts.join(' + ')})`;
}

function pathMinutes(plan: Plan): number {
  const own = new Set(plan.criticalPath);
  return plan.tickets
    .filter(({ id }) => own.has(id))
    .reduce((sum, { estimateMinutes }) => sum + estimateMinutes, 0);
}

/** So many tickets of the critical path are named. */
const PATH_SHOWN = 24;

function pathOf(plan: Plan): string {
  const path = plan.criticalPath.map(clean);
  const cut = path.length - PATH_SHOWN;
  const shown =
    cut > 0
      ? [...path.slice(0, PATH_SHOWN / 2), `(${cut} more)`, ...path.slice(-PATH_SHOWN / 2)]
      : path;
  return shown.join(' → ');
}

function forecastLines(plan: Plan, width: number, paint: ChalkInstance): string[] {
  if (plan.counts.runnable === 0) return [];
  const cell = (slots: number, schedule: 'rolling' | 'batch') => {
    const point = plan.forecast.find((one) => one.slots === slots && one.schedule === schedule);
    return point === undefined
      ? pad('–', 18, 'start')
      : pad(minutes(point.makespanMinutes), 12, 'start') +
          pad(`${Math.round(point.utilisation * 100)} %`, 6, 'start');
  };
  const rows = [...new Set(plan.forecast.map(({ slots }) => slots))].map((slots) => {
    const row = `${pad(String(slots), 2, 'start')}${cell(slots, 'rolling')}${cell(slots, 'batch')}`;
    if (slots !== plan.recommendedSlots) return row;
    const marked = `${row}  ← recommended`;
    return paint.green(fit(marked, width) === marked ? marked : row);
  });
  return [
    paint.dim(
      `${pad('N', 2, 'start')}${pad('rolling', 12, 'start')}  busy${pad('batches', 12, 'start')}  busy`,
    ),
    ...rows,
    ...wrap(
      `recommended: --parallel=${plan.recommendedSlots}, the fewest within 5 % of the shortest; with ${agents(plan.slots.slots)} it cannot take less than ${minutes(plan.lowerBoundMinutes)}; estimates from ${sources(plan.tickets)}`,
      width,
    ).map((line) => paint.dim(line)),
  ];
}

function sources(planned: readonly PlannedTicket[]): string {
  const names = {
    effort: "the tickets' sizes",
    history: 'earlier tickets',
    default: 'the default (8 min)',
  };
  const known = new Set(planned.map(({ estimateFrom }) => estimateFrom));
  return (['effort', 'history', 'default'] as const)
    .filter((from) => known.has(from))
    .map((from) => names[from])
    .join(', ');
}

function costNotes(plan: Plan, { maxCostUsd }: PlanView): string[] {
  if (plan.counts.runnable === 0) return [];
  const { slots } = plan.slots;
  const pace =
    slots > 1
      ? `${slots} agents at once use ${slots} times the tokens of one in the same time; `
      : '';
  const limit =
    maxCostUsd === undefined
      ? '--max-cost sets a limit'
      : `the cost limit is ${maxCostUsd.toFixed(2)} USD: nothing starts that may pass it, and an agent that does is stopped`;
  return [...(plan.costs ? [`expected: ${clean(forecastInFull(plan.costs))}`] : []), pace + limit];
}

const agents = (count: number) => (count === 1 ? '1 agent' : `${count} agents`);
const tickets = (count: number) => (count === 1 ? '1 ticket' : `${count} tickets`);
