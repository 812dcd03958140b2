import type { EventDraft } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { TicketId } from '../model/ids.js';
import { FAULTS_ALLOWED } from './apply-chain.js';
import { colourOf, endOf, isBusy, isWhole } from './chain.js';
import { epicIncomplete, isBroken } from './epics.js';
import { isCurrentUpTo, isDropped, landableLength } from './landable.js';
import type { LandingEntry, LandingWait } from './landing-state.js';
import { redFailure } from './red-failure.js';
import type { RunState } from './state.js';
import { ticketRun } from './tickets.js';

/** What was cancelled, with the run or alone, goes back when nothing is being done for it. */
export function releaseNext(state: RunState): EventDraft | undefined {
  const { chain, queue } = state.landing;
  const next =
    chain.find((entry) => isDropped(state, entry) && !isBusy(entry)) ??
    queue.find((wait) => isDropped(state, wait));
  return next && release(next, 'cancelled before it landed');
}

function release({ ticket, intake }: LandingEntry | LandingWait, why: string): EventDraft {
  return intake
    ? { type: 'intake.left', ticket, failure: { code: 'run/cancelled', message: why } }
    : { type: 'ticket.released', ticket, why };
}

/** What an epic's failed ticket leaves: its others are not landed without it. */
export function parkNext(state: RunState): EventDraft | undefined {
  const broken = ({ ticket }: LandingEntry | LandingWait) => {
    const part = state.parts.get(ticket);
    return part && isBroken(state, part) ? part : undefined;
  };
  const { chain, queue } = state.landing;
  const next =
    chain.find((entry) => broken(entry) && entry.step !== 'building' && entry.step !== 'moving') ??
    queue.find((wait) => broken(wait) && isWhole(state, wait.ticket));
  const part = next && broken(next);
  return part && deferred(state, next.ticket, epicIncomplete(state, part));
}

/**
 * An entry that leaves the chain: faulty too often, or red for good. Red is final only when everything before it has
 * landed or is green together; else what is before it may be at fault.
 */
export function leaveNext(state: RunState): EventDraft | undefined {
  const { chain } = state.landing;
  const faulty = chain.find(
    ({ step, faults }) => faults >= FAULTS_ALLOWED && (step === 'bounced' || step === 'built'),
  );
  if (faulty) {
    const { intake, ticket, failure } = faulty;
    return intake && failure
      ? { type: 'intake.left', ticket, failure }
      : release(faulty, failure?.message ?? 'landing failed');
  }
  // With tips, something green has what is before it in it.
  const last = chain.findLastIndex((entry) => colourOf(entry) === 'green');
  const from = state.options.landVerify === 'tips' ? last : -1;
  const at = chain.findIndex((entry, place) => place > from && colourOf(entry) === 'red');
  const entry = chain[at];
  if (!entry?.check?.verdict || entry.step !== 'built') return undefined;
  const before = chain[at - 1];
  const isProven =
    landableLength(state) <= at &&
    entry.onto === endOf(state, at) &&
    (before === undefined || (colourOf(before) === 'green' && isCurrentUpTo(state, at)));
  if (!isProven) return undefined;
  const failure = redFailure(state, entry.check.verdict);
  return entry.intake
    ? { type: 'intake.left', ticket: entry.ticket, failure }
    : deferred(state, entry.ticket, failure);
}

function deferred(state: RunState, ticket: TicketId, failure: Failure): EventDraft {
  const { kept } = ticketRun(state, ticket);
  return { type: 'ticket.deferred', ticket, failure, ...(kept ? { kept } : {}) };
}
