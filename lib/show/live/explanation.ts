import { blockedTickets, chainOf } from '../../engine/blocked.js';
import type { RunState, TicketRun } from '../../engine/state.js';
import type { TicketId } from '../../model/ids.js';
import { clean } from '../clean.js';
import { wrap } from '../layout.js';
import { doingNow } from './lanes.js';
import { passing } from './span.js';
import type { Screen } from './screen.js';

/** So many tickets of a list are named. */
const SHOWN = 8;

/** Why a ticket stands where it does, from what the run knows: where, why there, what it waits for, who waits for it. */
export function explanationLines(screen: Screen, id: TicketId, width: number): string[] {
  const entry = screen.state.tickets.get(id);
  if (!entry) return [];
  return [
    ...where(screen, entry),
    ...priority(entry),
    ...neighbours(screen.state, entry),
    ...(entry.kept ? [`Kept work: sage rescue ${id}`] : []),
  ].flatMap((line) => wrap(clean(line), width, '  '));
}

function where(screen: Screen, entry: TicketRun): string[] {
  const { state, reasons, now } = screen;
  const { ticket, phase, failure, why, commit, attempts } = entry;
  const again = attempts > 1 ? ` (attempt ${attempts})` : '';
  switch (phase) {
    case 'active': {
      const attempt = entry.attempt && state.active.get(entry.attempt);
      if (!attempt) return [];
      return [
        `RUNNING in ${attempt.lane} for ${passing(now - Date.parse(attempt.startedAt))}${again}: ${doingNow(screen, attempt)}`,
        `Started then because: ${reasons.get(ticket.id) ?? 'it was first in order'}`,
      ];
    }
    case 'queued':
    case 'landing':
      return landing(state, entry);
    case 'landed':
      return [`LANDED as ${commit?.slice(0, 10) ?? 'a commit'}${again}`];
    case 'deferred':
      return [
        `DEFERRED${again}: ${failure?.message ?? 'unknown'}`,
        ...(failure?.hint ? [`→ ${failure.hint}`] : []),
      ];
    case 'released':
      return [`GIVEN BACK${again}: ${why ?? 'not finished'}`];
    case 'waiting':
      return waiting(state, entry);
  }
}

function landing({ landing: { queue, chain } }: RunState, { ticket }: TicketRun): string[] {
  const place = chain.findIndex((one) => one.ticket === ticket.id);
  const waits = queue.find((one) => one.ticket === ticket.id);
  if (place === 0) return ['LANDING: it is first, and lands when its checks are green'];
  if (place > 0) {
    const before = chain.slice(0, place).map((one) => one.ticket);
    return [`LANDING after ${named(before)}: it is built onto what lands before it`];
  }
  return [
    waits?.behind === undefined
      ? 'WAITS TO LAND: those before it are merged and verified first'
      : `WAITS TO LAND behind ${waits.behind}: the two do not fit together before that has landed`,
  ];
}

function waiting(state: RunState, { ticket, again }: TicketRun): string[] {
  if (blockedTickets(state).has(ticket.id)) {
    const chain = chainOf(state, ticket.id);
    return [`BLOCKED in this run: it needs ${chain.join(' ← ')}, which did not land`];
  }
  const open = ticket.dependsOn.filter((id) => state.tickets.get(id)?.phase !== 'landed');
  if (open.length > 0) return [`WAITING until ${named(open)} landed`];
  const retry = again ? ' It is tried again after a conflict.' : '';
  if (state.stop) return [`READY, but nothing new starts: the run is being stopped.${retry}`];
  if (state.paused) return [`READY, but the run is paused → sage resume.${retry}`];
  if (!state.queue.isReady(ticket.id)) return [`WAITING for its turn.${retry}`];
  const current = state.queue.batch;
  if (state.options.schedule === 'batch' && current !== undefined && ticket.batch > current)
    return [`READY, but batch ${current} comes first (--schedule=batch).${retry}`];
  const busy = [...state.active.values()].map((attempt) => attempt.ticket);
  return [
    busy.length >= state.slots
      ? `READY: it starts when a lane is free and nothing better is ready; ${named(busy)} run.${retry}`
      : `READY: it starts next, or shares files with what runs.${retry}`,
  ];
}

function priority({ ticket, times }: TicketRun): string[] {
  const { priority: own, inheritedPriority, estimateMinutes, tailMinutes, batch } = ticket;
  const goes = inheritedPriority < own ? ` (goes as P${inheritedPriority})` : '';
  const took = times.attemptMs > 0 ? `, worked on for ${passing(times.attemptMs)}` : '';
  return [
    `P${own}${goes}, batch ${batch}, estimate ${Math.round(estimateMinutes)} min, ${Math.round(tailMinutes)} min with all that follows${took}`,
  ];
}

function neighbours({ tickets }: RunState, { ticket }: TicketRun): string[] {
  const after = [...tickets.values()]
    .filter((other) => other.ticket.dependsOn.includes(ticket.id))
    .map((other) => other.ticket.id);
  return [
    ...(ticket.dependsOn.length > 0 ? [`Depends on ${named(ticket.dependsOn)}`] : []),
    ...(after.length > 0 ? [`Needed by ${named(after)}`] : []),
    ...(ticket.conflictsWith.length > 0
      ? [`Declares files in common with ${named(ticket.conflictsWith)}`]
      : []),
  ];
}

function named(ids: readonly TicketId[]): string {
  const more = ids.length - SHOWN;
  return more > 0 ? `${ids.slice(0, SHOWN).join(', ')} and ${more} more` : ids.join(', ');
}
