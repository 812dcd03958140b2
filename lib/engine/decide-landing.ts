import type { EventDraft } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { TicketId } from '../model/ids.js';
import { FAULTS_ALLOWED } from './apply-chain.js';
import { buildEntry } from './build-entry.js';
import { candidates, capacity, colourOf, endOf, freeLanes, isBusy } from './chain.js';
import { decideIntake } from './intake.js';
import type { LandingEntry, LandingWait } from './landing-state.js';
import { redFailure } from './red-failure.js';
import { pickSection } from './section.js';
import type { RunState } from './state.js';
import { isCancelled, ticketRun } from './tickets.js';
import { wantsChecks } from './window.js';

/** The next step of the chain, or the next of the queue into it. */
export function decideLanding(state: RunState, now: number): EventDraft | undefined {
  const first = tellLanded(state) ?? limitLanes(state) ?? releaseNext(state);
  if (first || state.stop?.mode === 'cancel') return first;
  return (
    leaveNext(state) ??
    moveNext(state) ??
    bounceBehind(state) ??
    rebuildNext(state, now) ??
    decideIntake(state) ??
    takeNext(state, now) ??
    pickSection(state) ??
    checkNext(state)
  );
}

/** What landed by the move that was told. */
function tellLanded({ landing }: RunState): EventDraft | undefined {
  const [next] = landing.landedToo;
  return next && { type: 'landing.landed', ...next, ms: 0 };
}

function limitLanes({ landing }: RunState): EventDraft | undefined {
  const broken = landing.brokenLane;
  return broken && { type: 'landing.limited', ...broken, slots: landing.lanes.length - 1 };
}

/** What was cancelled, with the run or alone, goes back when nothing is being done for it. */
function releaseNext(state: RunState): EventDraft | undefined {
  const { chain, queue } = state.landing;
  const next =
    chain.find((entry) => isDropped(state, entry) && !isBusy(entry)) ??
    queue.find((wait) => isDropped(state, wait));
  return next && release(next, 'cancelled before it landed');
}

const isDropped = (state: RunState, { ticket, intake }: LandingEntry | LandingWait) =>
  intake ? state.stop?.mode === 'cancel' : isCancelled(state, ticket);

function release({ ticket, intake }: LandingEntry | LandingWait, why: string): EventDraft {
  return intake
    ? { type: 'intake.left', ticket, failure: { code: 'run/cancelled', message: why } }
    : { type: 'ticket.released', ticket, why };
}

/**
 * An entry that leaves the chain: faulty too often, or red for good. Red is final only when everything before it has
 * landed or is green together; else what is before it may be at fault.
 */
function leaveNext(state: RunState): EventDraft | undefined {
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
  const at = chain.findIndex((entry) => colourOf(entry) === 'red');
  const entry = chain[at];
  if (!entry?.check?.verdict || entry.step !== 'built') return undefined;
  const before = chain[at - 1];
  // With tips, something behind it may be green again: then all of it lands.
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

/** Whether the first `length` entries stand on each other as they should. */
const isCurrentUpTo = (state: RunState, length: number) =>
  state.landing.chain
    .slice(0, length)
    .every(
      ({ step, onto }, at) => step === 'moving' || (step === 'built' && onto === endOf(state, at)),
    );

function deferred(state: RunState, ticket: TicketId, failure: Failure): EventDraft {
  const { kept } = ticketRun(state, ticket);
  return { type: 'ticket.deferred', ticket, failure, ...(kept ? { kept } : {}) };
}

/** The head lands when it is green; with `land.verify: tips` all up to the last green one do, by one move. */
function moveNext(state: RunState): EventDraft | undefined {
  const { landing, options, tip, run } = state;
  const [head] = landing.chain;
  if (head?.step !== 'built' || head.onto !== tip) return undefined;
  const length = landableLength(state);
  const last = landing.chain[length - 1];
  if (!last?.commit) return undefined;
  const group = candidates(state, length);
  const ticket = head.ticket;
  const move = { old: tip, new: last.commit };
  return {
    type: 'landing.moving',
    ticket,
    ...move,
    opens: {
      kind: 'ref.move',
      key: `move/${ticket}/${landing.built}`,
      landId: `${run}/${last.ticket}`,
      ticket,
      ...move,
      ...(options.landVerify === 'tips' && group.length > 1 ? { group } : {}),
    },
  };
}

function landableLength(state: RunState): number {
  const { landing, options } = state;
  if (!options.hasChecks) return 1;
  const { chain } = landing;
  const firstDropped = chain.findIndex((entry) => isDropped(state, entry));
  const end = firstDropped < 0 ? chain.length : firstDropped;
  const isLandable = (entry: LandingEntry, at: number) =>
    at < end && colourOf(entry) === 'green' && isCurrentUpTo(state, at + 1);
  return options.landVerify === 'tips'
    ? chain.findLastIndex(isLandable) + 1
    : chain.slice(0, 1).filter(isLandable).length;
}

/** What an entry was built onto is not there any more, or will be another commit. */
function bounceBehind(state: RunState): EventDraft | undefined {
  let isSound = true;
  for (const [at, { ticket, step, onto }] of state.landing.chain.entries()) {
    if (step === 'moving') continue;
    if (step === 'built' && !(isSound && onto === endOf(state, at))) {
      return { type: 'landing.bounced', ticket, why: 'behind' };
    }
    if (step !== 'built') isSound = false;
  }
  return undefined;
}

function rebuildNext(state: RunState, now: number): EventDraft | undefined {
  const at = state.landing.chain.findIndex(({ step }) => step === 'building' || step === 'bounced');
  const entry = state.landing.chain[at];
  return entry?.step === 'bounced' ? buildEntry(state, entry, at, now) : undefined;
}

/** What may be taken into the chain now, were there room. */
function nextWaiting({ landing, options, active }: RunState): LandingWait | undefined {
  // The literal form lands a batch when all of it has been worked on; see also decide-dispatch.
  if (options.schedule === 'batch' && active.size > 0) return undefined;
  return landing.queue.find(
    ({ behind }) => behind === undefined || !landing.chain.some(({ ticket }) => ticket === behind),
  );
}

function takeNext(state: RunState, now: number): EventDraft | undefined {
  const { chain } = state.landing;
  const isWhole = chain.every(({ step }) => step === 'built' || step === 'moving');
  if (!isWhole || chain.length >= capacity(state)) return undefined;
  const next = nextWaiting(state);
  return next && buildEntry(state, next, chain.length, now);
}

function checkNext(state: RunState): EventDraft | undefined {
  const { landing, options } = state;
  if (!options.hasChecks) return undefined;
  const entry = landing.chain.find((one) => !one.check && wantsChecks(state, one));
  const [lane] = entry ? freeLanes(state) : [];
  if (!entry?.commit || !entry.tree || lane === undefined) return undefined;
  const { ticket, commit, tree } = entry;
  return {
    type: 'landing.check-started',
    ticket,
    opens: {
      kind: 'checks.run',
      key: `checks/${ticket}/${landing.built}`,
      purpose: 'landing',
      ticket,
      lane,
      commit,
      tree,
    },
  };
}
