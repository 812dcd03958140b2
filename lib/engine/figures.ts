import type { TicketId } from '../model/ids.js';
import { simulate } from './simulate.js';
import type { RunState, TicketRun } from './state.js';
import { between } from './tickets.js';

/** Time a ticket occupied somebody: its attempts and its landing, without waiting. Milliseconds. */
const spent = ({ times: { attemptMs, landingMs } }: TicketRun) => attemptMs + landingMs;

/** The figures of a summary; see model/summary for units. */
export function times(state: RunState) {
  const worked = [...state.tickets.values()].filter(({ attempts }) => attempts > 0);
  const sum = (of: (ticket: TicketRun) => number) =>
    worked.reduce((total, ticket) => total + of(ticket), 0);
  const wallMs = between(
    state.startedAt,
    state.reopened?.endedAt ?? state.finished?.at ?? state.lastAt,
  );
  const sumMs = sum(spent);
  const busyMs = sum(({ times: { attemptMs } }) => attemptMs);
  return {
    wallMs,
    sumMs,
    speedUp: ratio(sumMs, wallMs),
    utilisation: ratio(busyMs, state.options.slots * wallMs),
    lost: {
      waitingMs: sum(({ times: { waitedForLandingMs } }) => waitedForLandingMs),
      landingMs: sum(({ times: { landingMs } }) => landingMs),
      setupMs: sum(({ times: { laneMs } }) => laneMs),
      ...(state.pools.size > 0 ? { keysMs: state.keyWaitMs } : {}),
    },
    lowerBoundMs: lowerBound(state, worked, busyMs),
  };
}

/** max(longest chain of what was really worked on, work ÷ slots). */
function lowerBound(state: RunState, worked: readonly TicketRun[], busyMs: number): number {
  const longest = new Map<TicketId, number>();
  // A ticket starts after what it depends on has landed, so the order of starts is a topological order.
  const byStart = [...worked].sort((left, right) =>
    (left.times.firstStartedAt ?? '') < (right.times.firstStartedAt ?? '') ? -1 : 1,
  );
  for (const entry of byStart) {
    const before = entry.ticket.dependsOn.map((id) => longest.get(id) ?? 0);
    longest.set(entry.ticket.id, before.reduce((a, b) => Math.max(a, b), 0) + spent(entry));
  }
  const chain = [...longest.values()].reduce((a, b) => Math.max(a, b), 0);
  return Math.max(chain, busyMs / Math.max(1, state.options.slots));
}

/**
 * What the schedule that was not chosen would have taken with the times that were measured. Rolling, what waits for a
 * ticket waits for its landing too; by batches slots are free while the batch lands, as many at once as are verified.
 */
export function otherSchedule(state: RunState): { schedule: 'rolling' | 'batch'; ms: number } {
  const schedule = state.options.schedule === 'rolling' ? 'batch' : 'rolling';
  const worked = [...state.tickets.values()].filter(({ attempts }) => attempts > 0);
  const sumMs = worked.reduce((total, { times }) => total + times.landingMs, 0);
  const landingMs = schedule === 'rolling' ? 0 : sumMs / (state.options.checkSlots ?? 1);
  const { makespanMinutes } = simulate(
    worked.map(({ ticket }) => ticket),
    worked.map((entry) => (schedule === 'rolling' ? spent(entry) : entry.times.attemptMs) / 60_000),
    {
      slots: state.options.slots,
      schedule,
      order: state.options.order,
      conflictsRunning: state.options.conflictsRunning,
    },
  );
  return { schedule, ms: Math.round(makespanMinutes * 60_000 + landingMs) };
}

const ratio = (part: number, whole: number) =>
  whole > 0 ? Math.round((part / whole) * 1000) / 1000 : 0;
