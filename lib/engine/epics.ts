import type { Failure } from '../model/failure.js';
import type { LaneName, Oid, TicketId } from '../model/ids.js';
import type { EpicPart } from './epic-parts.js';
import type { RunState, TicketPhase } from './state.js';
import { ticketRun } from './tickets.js';

/** Begun in this run and neither landed nor given up. */
const GOING_ON: ReadonlySet<TicketPhase> = new Set(['active', 'queued', 'landing']);

/** Whether a ticket waits and nothing keeps it from being started in this run, sooner or later. */
function isStillToCome(state: RunState, id: TicketId): boolean {
  const { phase, attempts } = ticketRun(state, id);
  const { limit } = state.options;
  return (
    phase === 'waiting' &&
    state.queue.isOpen(id) &&
    state.stop === undefined &&
    !state.cancelling.has(id) &&
    !(attempts === 0 && limit !== undefined && state.started >= limit)
  );
}

const isIn = (state: RunState, id: TicketId, phase: TicketPhase) =>
  ticketRun(state, id).phase === phase;

/** Every ticket of it that this run starts has been worked on: what is queued of it may land. */
export const isWorkedOn = (state: RunState, { tickets }: EpicPart) =>
  tickets.every((id) => !isIn(state, id, 'active') && !isStillToCome(state, id));

/** One of its tickets failed: the others are not landed without it. */
export const isBroken = (state: RunState, { tickets }: EpicPart) =>
  tickets.some((id) => isIn(state, id, 'deferred'));

/** Why the others are not landed. */
export function epicIncomplete(state: RunState, { epic, tickets }: EpicPart): Failure {
  const failed = tickets.filter((id) => {
    const { phase, failure } = ticketRun(state, id);
    return phase === 'deferred' && failure?.code !== INCOMPLETE;
  });
  return {
    code: INCOMPLETE,
    message: `${epic} lands whole or not at all, and ${failed.join(', ')} did not succeed`,
  };
}

const INCOMPLETE = 'land/epic-incomplete';

/** The work on which the part's next ticket is begun; undefined: it begins on the run's branch. */
export function workOf(
  state: RunState,
  part: EpicPart,
): { readonly ticket: TicketId; readonly work: Oid } | undefined {
  const last = state.landing.queue.findLast((wait) => state.parts.get(wait.ticket) === part);
  const work = last && ticketRun(state, last.ticket).harvest?.work;
  return last && work ? { ticket: last.ticket, work } : undefined;
}

/**
 * Tells which tickets may start as far as their epics are concerned; undefined: none has one. A part goes on with one
 * ticket at a time. It begins when all its tickets could be started, so that it never waits for another in the middle:
 * it keeps its slot until its last ticket has ended, and no other part that shares a file with it begins.
 */
export function epicGate(state: RunState): ((id: TicketId) => boolean) | undefined {
  if (state.parts.size === 0) return undefined;
  const going = [...new Set(state.parts.values())].filter(({ tickets }) =>
    tickets.some((id) => GOING_ON.has(ticketRun(state, id).phase)),
  );
  const between = going.filter(
    ({ tickets }) =>
      !tickets.some((id) => isIn(state, id, 'active')) &&
      tickets.some((id) => isStillToCome(state, id)),
  );
  const hasRoom = state.active.size + between.length < state.slots;
  return (id) => {
    const part = state.parts.get(id);
    if (!part) return true;
    if (going.includes(part)) {
      return !part.tickets.some((one) => isIn(state, one, 'active') || isIn(state, one, 'landing'));
    }
    const isOver = (one: TicketId) =>
      !GOING_ON.has(ticketRun(state, one).phase) && !isStillToCome(state, one);
    const isFree = (one: TicketId) => !isStillToCome(state, one) || state.queue.isReady(one);
    return (
      hasRoom &&
      part.earlier.every(isOver) &&
      part.tickets.every(isFree) &&
      !going.some(({ clashes }) => [...part.clashes].some((name) => clashes.has(name)))
    );
  };
}

/** Lanes of epics of which all that was begun has landed: nobody needs to look into them any more. */
export function landedLanes(state: RunState): readonly LaneName[] {
  const begun = [...state.parts.entries()].filter(([id]) => ticketRun(state, id).numbered > 0);
  const open = begun.filter(([id]) => !isIn(state, id, 'landed'));
  const needed = new Set(open.map(([, { lane }]) => lane));
  return [...new Set(begun.map(([, { lane }]) => lane))].filter((lane) => !needed.has(lane));
}
