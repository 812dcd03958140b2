import type { EventDraft } from '../model/event.js';
import { isHeldForKeys } from './decide-dispatch.js';
import type { TicketId } from '../model/ids.js';
import { buildEntry } from './build-entry.js';
import { candidates, capacity, endOf, freeLanes, isWhole } from './chain.js';
import { leaveNext, parkNext, releaseNext } from './decide-leaving.js';
import { askToLand } from './decide-question.js';
import { decideIntake } from './intake.js';
import { landableLength } from './landable.js';
import type { LandingWait } from './landing-state.js';
import { pickSection } from './section.js';
import type { RunState } from './state.js';
import { wantsChecks } from './window.js';

/** The next step of the chain, or the next of the queue into it. */
export function decideLanding(state: RunState, now: number): EventDraft | undefined {
  const first = tellLanded(state) ?? limitLanes(state) ?? releaseNext(state) ?? parkNext(state);
  if (first || state.stop?.mode === 'cancel') return first;
  return (
    leaveNext(state) ??
    moveNext(state) ??
    askToLand(state) ??
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

/**
 * The head lands when it is green, an epic's part as a whole; with `land.verify: tips` all up to the last green one do.
 * What lands together does so by one move.
 */
function moveNext(state: RunState): EventDraft | undefined {
  const { landing, tip, run } = state;
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
      ...(group.length > 1 ? { group } : {}),
    },
  };
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
function nextWaiting(state: RunState): LandingWait | undefined {
  const { landing, options, active, question } = state;
  // The literal form lands a batch when all of it has been worked on; see also decide-dispatch.
  const isAtWork = active.size > 0 || question?.about === 'start' || isHeldForKeys(state);
  if (options.schedule === 'batch' && isAtWork) return undefined;
  const isInChain = (name: TicketId) => landing.chain.some(({ ticket }) => ticket === name);
  return (
    restOfEpic(state) ??
    landing.queue.find(
      ({ behind, ticket }) =>
        (behind === undefined || !isInChain(behind)) && isWhole(state, ticket),
    )
  );
}

/** An epic's part is taken in one go. */
function restOfEpic({ landing, parts }: RunState): LandingWait | undefined {
  const last = landing.chain.at(-1);
  const part = last && parts.get(last.ticket);
  return part && landing.queue.find(({ ticket }) => parts.get(ticket) === part);
}

function takeNext(state: RunState, now: number): EventDraft | undefined {
  const { chain } = state.landing;
  const isBuilt = chain.every(({ step }) => step === 'built' || step === 'moving');
  if (!isBuilt) return undefined;
  const hasRoom = chain.length < capacity(state);
  const next = hasRoom ? nextWaiting(state) : restOfEpic(state);
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
