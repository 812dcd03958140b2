import type { TicketId } from '../../model/ids.js';
import { nearest } from '../../model/nearest.js';
import { lanesOf } from './lanes.js';
import type { Choice, Screen, Seat, Wish } from './screen.js';

/** A key that was pressed: a character, or `enter`, `backspace`, `escape`. */
export type Key = string;

/** What a key does: where it leads, and what it asks of the run. Keys that mean nothing here do nothing. */
export function press(
  { state, seat }: Pick<Screen, 'state' | 'seat'>,
  key: Key,
): { readonly seat: Seat; readonly wish?: Wish } {
  const isBack = key === 'q' || key === 'escape';
  switch (seat.at) {
    case 'lanes':
      return { seat: fromLanes(key, state.stop !== undefined) ?? { at: 'lanes' } };
    case 'log':
    case 'explanation':
      return { seat: isBack ? { at: 'lanes' } : seat };
    case 'question':
      if (key === 'y') return { seat: { at: 'lanes' }, wish: seat.wish };
      return { seat: { at: 'lanes', word: 'nothing was done' } };
    case 'choice':
      if (key === 'escape' || (isBack && seat.typed === '')) return { seat: { at: 'lanes' } };
      return { seat: chosen(state, seat, key) };
  }
}

function fromLanes(key: Key, isStopping: boolean): Seat | undefined {
  if (key === 'd') {
    if (isStopping) return { at: 'lanes', word: 'it is draining already' };
    return { at: 'question', wish: { type: 'drain' } };
  }
  const of = CHOICES[key];
  return of && { at: 'choice', of, typed: '' };
}

const CHOICES: Readonly<Record<string, Choice>> = { c: 'cancel', o: 'log', e: 'explain' };

type Choosing = Extract<Seat, { readonly at: 'choice' }>;

function chosen(state: Screen['state'], seat: Choosing, key: Key): Seat {
  const { of, typed } = seat;
  const again = (word: string): Seat => ({ at: 'choice', of, typed: '', word });
  if (typed === '' && /^\d$/.test(key)) {
    // There are at most ten lanes: the key 0 is the tenth.
    const attempt = lanesOf({ state })[(Number(key) || 10) - 1];
    if (!attempt) return again(`there is nobody in lane ${Number(key) || 10}`);
    return of === 'log'
      ? { at: 'log', attempt: attempt.address, ticket: attempt.ticket }
      : asked(of, attempt.ticket);
  }
  if (of !== 'explain') return seat;
  if (key === 'backspace') return { at: 'choice', of, typed: typed.slice(0, -1) };
  if (key === 'enter') {
    const ids = [...state.tickets.keys()];
    const found = ids.find((id) => id.toLowerCase() === typed.toLowerCase());
    if (found) return { at: 'explanation', ticket: found };
    const near = nearest(typed, ids);
    return again(`no ticket ${typed} in this run${near === undefined ? '' : `; ${near}?`}`);
  }
  return /^[\w.#-]$/.test(key) ? { at: 'choice', of, typed: typed + key } : seat;
}

const asked = (of: Choice, ticket: TicketId): Seat =>
  of === 'explain'
    ? { at: 'explanation', ticket }
    : { at: 'question', wish: { type: 'cancel', ticket } };
