import type { ChalkInstance } from 'chalk';
import type { Explanation, Obstacle } from '../plan/explanation.js';
import { clean } from './clean.js';
import { fit, wrap } from './layout.js';
import { WHY } from './plan-sections.js';

/** The answer to `--explain ID` for people: state, READY or BLOCKED, what it waits for, and the steps until it can start. */
export function explainText(
  told: Explanation,
  { paint, width: columns }: { readonly paint: ChalkInstance; readonly width: number },
): string {
  const width = Math.min(200, Math.max(40, columns));
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [
          '',
          paint.bold(title),
          ...lines.flatMap((line) => wrap(`  ${clean(line)}`, width, '    ')),
        ];
  const goes = told.inheritedPriority < told.priority ? `, goes as P${told.inheritedPriority}` : '';
  return [
    paint.bold(fit(`${clean(told.id)} ${told.title === told.id ? '' : clean(told.title)}`, width)),
    ...wrap(`${told.state}, P${told.priority}${goes}, component ${clean(told.component)}`, width),
    ...wrap(verdict(told), width).map((line) => coloured(told, paint)(line)),
    ...section('Waits for', told.blocking.map(obstacle)),
    ...section('Already satisfied', list(told.satisfied)),
    ...section(
      'Ignored: its own ancestors, which are complete only with their children',
      list(told.ignored),
    ),
    ...section('Chain', chainLines(told)),
    ...section(
      told.standing === 'container' ? 'To complete it' : 'To unblock it',
      told.steps.map((step, index) => `${index + 1}. ${step}`),
    ),
    ...section('Who waits for it', list(told.waitedForBy)),
    ...section('Children', list(told.children)),
    ...section(
      'Conflicts',
      told.conflicts
        .slice(0, SHOWN)
        .map(({ id, files }) => `${id}: both declare ${files.slice(0, 3).join(', ')}`),
    ),
    ...section('Why there', told.reasons),
    '',
  ].join('\n');
}

/** So many lines of one list are shown. */
const SHOWN = 20;

function verdict(told: Explanation): string {
  const place =
    told.position === undefined
      ? ''
      : `; starts as number ${told.position} of ${told.of}, about minute ${Math.round(told.startsAtMinutes ?? 0)}, batch ${told.batch ?? '–'}`;
  switch (told.standing) {
    case 'ready':
      return `READY${place}`;
    case 'waiting':
      return `BLOCKED until ${told.blocking
        .map(({ id }) => clean(id))
        .slice(0, 5)
        .join(', ')} landed, which this run does first${place}`;
    case 'blocked':
      return 'BLOCKED: it will not run before somebody takes the steps below';
    case 'completed':
      return 'COMPLETED: nothing to do';
    case 'deferred':
      return 'DEFERRED: no run takes it up until it is set to UNPROCESSED';
    case 'in-progress':
      return 'IN_PROGRESS: it is said to be worked on, so no new run takes it up';
    case 'container':
      return 'CONTAINER: it is not run, it is completed with its last child';
    case 'history':
      return 'HISTORY: a ticket of this type is never run';
    case 'not-selected':
      return 'NOT SELECTED: it could run, but the selection leaves it out';
  }
}

function coloured({ standing }: Explanation, paint: ChalkInstance): ChalkInstance {
  if (standing === 'ready' || standing === 'completed') return paint.green;
  return standing === 'waiting' || standing === 'container' ? paint.yellow : paint.red;
}

function obstacle({ id, title, state, why, batch }: Obstacle): string {
  const name = title === id ? id : `${id} ${title}`;
  const reason = why === 'open' ? `batch ${batch ?? '–'} of this plan` : WHY[why];
  return `${name} (${state ?? 'unknown'}; ${reason})`;
}

function chainLines({ chain, isChainCut }: Explanation): string[] {
  if (chain.every(({ depth }) => depth < 2)) return [];
  const lines = chain
    .slice(0, SHOWN)
    .map(
      ({ id, depth, isRoot, waitsFor }) =>
        `${'  '.repeat(Math.min(depth, 10) - 1)}${id}${isRoot ? ' (root)' : ` ← ${waitsFor.slice(0, 5).join(', ')}`}`,
    );
  const rest = chain.length - lines.length;
  return rest > 0 || isChainCut ? [...lines, `… and ${isChainCut ? 'many' : rest} more`] : lines;
}

function list(ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  const rest = ids.length - SHOWN;
  return [ids.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '')];
}
