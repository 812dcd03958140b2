import type { ChalkInstance } from 'chalk';
import type { Blocker, Plan, PlannedTicket } from '../model/plan.js';
import { clean } from './clean.js';
import { fit, pad, wrap } from './layout.js';

/** A plan of at most so many tickets is listed in full. */
const FULL_LIST = 40;
const BATCHES_SHOWN = 20;
const TICKETS_SHOWN = 3;
const STANDSTILLS_SHOWN = 15;
const COMPONENTS_SHOWN = 12;

/** Batches with the ids, titles and priorities of their tickets; beyond 40 tickets three of each, and 20 batches. */
export function batchLines(plan: Plan, width: number, paint: ChalkInstance): string[] {
  const planned = new Map(plan.tickets.map((ticket) => [ticket.id, ticket]));
  const isCut = plan.counts.runnable > FULL_LIST;
  const lines: string[] = [];
  const label = String(plan.batches.length).length;
  const shown = isCut ? plan.batches.slice(0, BATCHES_SHOWN) : plan.batches;
  for (const [index, ids] of shown.entries()) {
    const own = ids.flatMap((id) => planned.get(id) ?? []).sort(byUrgency);
    const listed = isCut ? own.slice(0, TICKETS_SHOWN) : own;
    const rest = own.length - listed.length;
    for (const [place, ticket] of listed.entries()) {
      const number = place === 0 ? pad(String(index + 1), label, 'start') : ' '.repeat(label);
      const text = fit(`P${ticket.priority} ${titled(ticket)}`, width - label - 2);
      lines.push(`${number}  ${place === 0 ? text : paint.reset(text)}`);
    }
    if (rest > 0) lines.push(paint.dim(`${' '.repeat(label)}  … and ${rest} more`));
  }
  const batches = plan.batches.length - shown.length;
  if (isCut) {
    lines.push(
      paint.dim(
        fit(
          batches > 0 ? `… and ${batches} more batches: --json lists all` : '--json lists all',
          width,
        ),
      ),
    );
  }
  return lines;
}

/** Who can proceed side by side, who waits for whom, who shares files. */
export function componentLines(plan: Plan, width: number): string[] {
  const { components } = plan;
  if (components.length < 2) return [];
  const named = ({ name, tickets, minutes }: Plan['components'][number]) =>
    `${clean(name)} (${tickets.length}, ${Math.round(minutes)} min)`;
  const free = components.filter(
    ({ waitsFor, sharesFilesWith = [] }) => waitsFor.length === 0 && sharesFilesWith.length === 0,
  );
  const lines =
    free.length === 0 ? [] : [`side by side: ${cutList(free.map(named), COMPONENTS_SHOWN)}`];
  for (const component of components.slice(0, COMPONENTS_SHOWN * 2)) {
    const { waitsFor, sharesFilesWith = [] } = component;
    const parts = [
      ...(waitsFor.length > 0 ? [`waits for ${cutList(waitsFor.map(clean), 6)}`] : []),
      ...(sharesFilesWith.length > 0
        ? [`shares files with ${cutList(sharesFilesWith.map(clean), 6)}`]
        : []),
    ];
    if (parts.length > 0) lines.push(`${named(component)} ${parts.join('; ')}`);
  }
  const rest = components.length - COMPONENTS_SHOWN * 2;
  if (rest > 0) lines.push(`… and ${rest} more components: --json lists all`);
  return lines.flatMap((line) => wrap(line, width, '  '));
}

/** What cannot run: cycles and what else is refused, then what waits for it. */
export function standstillLines(plan: Plan, width: number, paint: ChalkInstance): string[] {
  const lines = plan.cycles.map((cycle) =>
    paint.red(fit(`cycle: ${[...cycle, cycle[0] ?? ''].map(clean).join(' → ')}`, width)),
  );
  const refused = new Set<string>(plan.refused.map(({ id }) => id));
  const rest = [
    ...plan.refused.map(({ id, reason }) => `${paint.cyan(clean(id))} ${clean(reason)}`),
    ...plan.tickets
      .filter(({ id, blockedBy }) => blockedBy.length > 0 && !refused.has(id))
      .map(({ id, blockedBy }) => `${paint.cyan(clean(id))} waits for ${blockers(blockedBy)}`),
  ];
  const shown = rest.slice(0, STANDSTILLS_SHOWN);
  for (const line of shown) lines.push(...wrap(line, width, '  '));
  if (rest.length > shown.length) {
    lines.push(paint.dim(`… and ${rest.length - shown.length} more: --json lists all`));
  }
  return lines;
}

/** `T-1 (deferred), T-2 (not in the index)`. */
export function blockers(list: readonly Blocker[]): string {
  return cutList(
    list.map(({ id, why }) => `${clean(id)} (${WHY[why]})`),
    4,
  );
}

/** What a blocker's reason is called. */
export const WHY: Readonly<Record<Blocker['why'], string>> = {
  missing: 'not in the index',
  deferred: 'deferred',
  'in-progress': 'in progress',
  blocked: 'blocked itself',
  cycle: 'in a cycle',
  history: 'never run: history',
  undelivered: 'its work is not in the base: sage deliver',
  'not-selected': 'not selected',
};

const titled = ({ id, title }: PlannedTicket) =>
  title === id ? clean(id) : `${clean(id)} ${clean(title)}`;

const byUrgency = (left: PlannedTicket, right: PlannedTicket) =>
  left.inheritedPriority - right.inheritedPriority ||
  right.tailMinutes - left.tailMinutes ||
  left.order - right.order;

function cutList(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}
