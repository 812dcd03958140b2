import { allSlots } from '../../engine/slots.js';
import { firstAsk } from '../../model/intent.js';
import type { AttemptRun } from '../../engine/state.js';
import { isCancelled } from '../../engine/tickets.js';
import type { TicketCounts } from '../../model/status-schema.js';
import { clean } from '../clean.js';
import { fit, pad } from '../layout.js';
import { width as columns } from '../width.js';
import { passing } from './span.js';
import type { Screen } from './screen.js';

/** From so many columns on, a lane takes one line; below, it takes two. */
export const WIDE = 72;

/** Columns of `59 min 59 s`. */
const SINCE = 11;

/** An agent that said nothing for so long is told to be quiet: it may think, or hang. */
const QUIET_MS = 60_000;

/** One row for each lane, always the same: what it works on, since when, what the agent does now. */
export function laneLines(
  screen: Screen,
  counts: TicketCounts,
  width: number,
  isShort: boolean,
): string[] {
  const lanes = lanesOf(screen);
  const digits = String(lanes.length).length;
  return lanes.flatMap((attempt, index) => {
    const number = pad(String(index + 1), digits, 'start');
    if (!attempt) {
      const line = screen.paint.dim(fit(`${number} – ${idle(screen, counts, index)}`, width));
      return width >= WIDE || isShort ? [line] : [line, ''];
    }
    return laneRow(screen, attempt, number, width, isShort);
  });
}

/** The attempts by lane; a lane that is free has none. */
export function lanesOf({ state }: Pick<Screen, 'state'>): readonly (AttemptRun | undefined)[] {
  const byLane = new Map<number, AttemptRun>();
  for (const attempt of state.active.values()) byLane.set(laneNumber(attempt.lane), attempt);
  const count = Math.max(allSlots(state), ...byLane.keys());
  return Array.from({ length: count }, (_, index) => byLane.get(index + 1));
}

const laneNumber = (lane: string) => Number(/\d+$/.exec(lane)?.[0] ?? 1);

function laneRow(
  screen: Screen,
  attempt: AttemptRun,
  number: string,
  width: number,
  isShort: boolean,
): string[] {
  const { state, paint, now, idWidth } = screen;
  const entry = state.tickets.get(attempt.ticket);
  const title = clean(entry?.ticket.title ?? '');
  const since = passing(now - Date.parse(attempt.startedAt));
  const doing = doingNow(screen, attempt);
  const isWaiting = doing.startsWith('WAITING');
  const voiced = (text: string) => (isWaiting ? paint.yellow.bold(text) : paint.dim(text));
  const room = width - number.length - 1;
  if (width >= WIDE) {
    const id = Math.min(idWidth, Math.floor(width / 5));
    const rest = room - id - SINCE - 6;
    const titleWidth = Math.min(48, Math.floor(rest * 0.4));
    return [
      [
        `${number} ${paint.cyan(cell(clean(attempt.ticket), id))}`,
        cell(title, titleWidth),
        pad(since, SINCE, 'start'),
        voiced(fit(doing, rest - titleWidth)),
      ].join('  '),
    ];
  }
  const id = Math.min(idWidth, Math.floor(width / 3), columns(clean(attempt.ticket)));
  const name = `${number} ${paint.cyan(cell(clean(attempt.ticket), id))}`;
  if (isShort) {
    const rest = room - id - columns(since) - 2;
    return [`${name} ${since} ${voiced(fit(doing, rest))}`];
  }
  const titleWidth = room - id - 2 - columns(since);
  const indent = ' '.repeat(number.length + 1);
  return [`${name} ${cell(title, titleWidth)} ${since}`, `${indent}${voiced(fit(doing, room))}`];
}

const cell = (text: string, width: number) => pad(fit(text, width), width);

/** What happens in a lane now, in one line. */
export function doingNow({ state, heard, now }: Screen, attempt: AttemptRun): string {
  if (isCancelled(state, attempt.ticket)) return 'is being cancelled; its work is kept';
  switch (attempt.step) {
    case 'preparing':
    case 'prepared':
    case 'unprepared':
      return 'prepares its lane';
    case 'harvesting':
    case 'harvested':
    case 'worked':
      return 'has ended; its work is taken';
    case 'proving':
    case 'proved':
      return "runs the ticket's own checks";
    case 'awaiting':
      return `WAITING for a key: ${attempt.wait?.why.keys.join(', ') ?? ''}`;
    case 'working': {
      const one = heard.get(attempt.address);
      if (one?.waiting !== undefined) return `WAITING ${one.waiting}`;
      const task =
        attempt.round > 1 && firstAsk(attempt.nextAsk).kind === 'fix'
          ? 'mends what its check found: '
          : '';
      const doing = `${task}${one?.doing || 'the agent begins'}`;
      const quietMs = now - Math.max(one?.at ?? 0, Date.parse(attempt.startedAt));
      return quietMs < QUIET_MS ? doing : `quiet for ${Math.floor(quietMs / 60_000)} min; ${doing}`;
    }
  }
}

/** Why a lane has no ticket. */
function idle({ state }: Screen, { waiting }: TicketCounts, index: number): string {
  if (state.baseCheck === 'wanted' || state.baseCheck === 'open') return 'waits for the base check';
  if (state.stop || state.suspended || state.ending !== 'no') return 'free; nothing new starts';
  if (state.paused) return 'free; paused';
  if (index >= state.slots) return 'not used: slowed down';
  if (state.queue.readyCount > 0) return 'free';
  return waiting > 0 ? 'free; all that is left waits for something to land' : 'free';
}
