import type { TicketId } from '../model/ids.js';
import type { Ticket } from '../model/ticket.js';
import type { TicketTable } from './ticket-table.js';

/** How long a finished ticket took, from the velocity log or from earlier runs. */
export interface Duration {
  readonly ticket: string;
  readonly minutes: number;
}

export interface Estimate {
  readonly minutes: number;
  readonly from: 'effort' | 'history' | 'default';
}

/** Minutes for a ticket of which nothing is known. */
export const DEFAULT_MINUTES = 8;

/** The size that {@link DEFAULT_MINUTES} stands for: a ticket of 3 points, the middle of 1, 3, 8. */
const DEFAULT_POINTS = 3;

/** Human hours to a point, as real indexes write it ("5 story points (1 day)"). Agents are not that slow. */
const HOURS_PER_POINT = 1.6;

/** So many durations make a median worth more than the default. */
const ENOUGH = 3;

/** No estimate is shorter or longer than this: one odd number must not decide the whole plan. */
const SHORTEST = 1;
const LONGEST = 240;

/**
 * Minutes an agent is expected to take. A ticket's own size first (points, else hours turned into points), at the
 * minutes per point that history measured, else 8 minutes for 3 points: only their relation decides the order. A
 * ticket without a size takes the median of its component's history, else of all history, else 8 minutes. A
 * median needs three durations.
 */
export function estimator(
  tickets: Pick<TicketTable, 'get'>,
  history: readonly Duration[],
): (ticket: Ticket) => Estimate {
  const perPoint: number[] = [];
  const all: number[] = [];
  const byComponent = new Map<string, number[]>();
  for (const { ticket: id, minutes } of history) {
    if (!(minutes > 0) || !Number.isFinite(minutes)) continue;
    all.push(minutes);
    const ticket = tickets.get(id as TicketId);
    if (ticket === undefined) continue;
    const points = pointsOf(ticket);
    if (points !== undefined) perPoint.push(minutes / points);
    const known = byComponent.get(ticket.component);
    if (known === undefined) byComponent.set(ticket.component, [minutes]);
    else known.push(minutes);
  }
  const minutesPerPoint = median(perPoint) ?? DEFAULT_MINUTES / DEFAULT_POINTS;
  const overall = median(all);
  const medians = new Map([...byComponent].map(([name, minutes]) => [name, median(minutes)]));
  return (ticket) => {
    const points = pointsOf(ticket);
    if (points !== undefined) return { minutes: bounded(points * minutesPerPoint), from: 'effort' };
    const known = medians.get(ticket.component) ?? overall;
    if (known !== undefined) return { minutes: bounded(known), from: 'history' };
    return { minutes: DEFAULT_MINUTES, from: 'default' };
  };
}

function pointsOf(ticket: Ticket): number | undefined {
  const points =
    ticket.effortPoints ??
    (ticket.effortHours === undefined ? undefined : ticket.effortHours / HOURS_PER_POINT);
  return points !== undefined && points > 0 && Number.isFinite(points) ? points : undefined;
}

function median(values: readonly number[]): number | undefined {
  if (values.length < ENOUGH) return undefined;
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

/** To a tenth of a minute: more would only pretend. */
const bounded = (minutes: number) =>
  Math.round(Math.min(LONGEST, Math.max(SHORTEST, minutes)) * 10) / 10;
