import { simulate } from './simulate.js';
import { blockedTickets } from './blocked.js';
import type { RunState, TicketRun } from './state.js';
import { between } from './tickets.js';

/** A ticket that takes longer than expected is expected to take so much of its time once more. */
const OVERTIME = 0.1;

/**
 * Minutes until nothing is left to do, at the instant `at`: the dispatch policy simulated over what is open, with the
 * estimates at the pace that the finished tickets had, what runs already in its slots. An estimate, never more.
 * Undefined where nobody can know: the run is paused or suspended.
 */
export function remainingMinutes(state: RunState, at: string): number | undefined {
  if (state.paused || state.suspended) return undefined;
  const { pace, landingMinutes } = measured(state);
  const blocked = blockedTickets(state);
  const open = [...state.tickets.values()].filter(
    ({ phase, ticket }) => phase === 'active' || (phase === 'waiting' && !blocked.has(ticket.id)),
  );
  const durations = open.map((entry) => landingMinutes + minutesLeft(state, entry, pace, at));
  const begun = open.flatMap(({ phase }, node) => (phase === 'active' ? [node] : []));
  const { limit } = state.options;
  const { makespanMinutes } = simulate(
    open.map(({ ticket }) => ticket),
    durations,
    { ...state.options, slots: state.slots },
    undefined,
    {
      begun,
      starts: state.stop ? 0 : limit === undefined ? Infinity : Math.max(0, limit - state.started),
    },
  );
  const { queue, chain, lanes } = state.landing;
  const backlog = ((queue.length + chain.length) * landingMinutes) / Math.max(1, lanes.length);
  return Math.max(makespanMinutes, backlog);
}

/** How tickets compare to their estimates so far, and what their landing took. */
function measured({ tickets, landing }: RunState) {
  let estimated = 0;
  let taken = 0;
  let known = 0;
  let landed = 0;
  let landingMs = 0;
  for (const { phase, ticket, times } of tickets.values()) {
    if (phase === 'landed') {
      landed += 1;
      landingMs += times.landingMs;
    }
    if (phase === 'waiting' || phase === 'active' || times.attemptMs === 0) continue;
    known += 1;
    estimated += ticket.estimateMinutes;
    taken += times.attemptMs / 60_000;
  }
  // The plan's own word counts as one more ticket: a single odd one does not turn everything round.
  const usual = known === 0 ? 1 : estimated / known;
  return {
    pace: (taken + usual) / (estimated + usual),
    landingMinutes: landed === 0 || landing.lanes.length === 0 ? 0 : landingMs / landed / 60_000,
  };
}

function minutesLeft(state: RunState, entry: TicketRun, pace: number, at: string): number {
  const expected = entry.ticket.estimateMinutes * pace;
  const attempt = entry.attempt && state.active.get(entry.attempt);
  if (entry.phase !== 'active' || !attempt) return expected;
  const gone = between(attempt.startedAt, at) / 60_000;
  return Math.max(expected - gone, Math.max(expected, gone) * OVERTIME);
}
