import type { RunEvent } from '../model/event.js';
import { judgedNow } from './baseline.js';
import { account, entryOf } from './chain.js';
import type { LandingEntry } from './landing-state.js';
import { setAside, setEpicAside } from './set-aside.js';
import type { RunState } from './state.js';
import { between } from './tickets.js';

type EventNamed<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

export type ChainEvent = EventNamed<
  | 'landing.started'
  | 'landing.prepared'
  | 'landing.set-aside'
  | 'landing.section-picked'
  | 'landing.check-started'
  | 'landing.verified'
  | 'landing.check-cancelled'
  | 'landing.limited'
  | 'landing.moving'
  | 'landing.bounced'
>;

/** So many outside faults in a row at landing one ticket stop the run; a branch that moved is not one. */
export const FAULTS_ALLOWED = 2;

/** Faults of a verification lane, not of what is verified in it. */
const LANE_FAULTS = new Set<string>(['lane/not-created', 'lane/processes-left']);

/**
 * An entry of the chain, until it lands or leaves. Its checks begin when it is built and in its turn; a verdict or a
 * fault of checks that nobody waits for any more says nothing about it.
 *
 *     building → built (→ its checks: green, red) → moving → landed
 *        ↑  ↘ set aside: back in the queue  ↘ red for good: leaves
 *        └── bounced: the branch moved, or what it was built onto is not what it was
 */
export function applyToChain(state: RunState, event: ChainEvent): void {
  const { landing } = state;
  switch (event.type) {
    case 'landing.section-picked':
      landing.marks = event.tickets;
      return;
    case 'landing.limited':
      landing.lanes = landing.lanes.filter((lane) => lane !== event.lane);
      landing.width = Math.min(landing.width, landing.lanes.length);
      delete landing.brokenLane;
      state.limited.push(event.failure);
      return;
    case 'landing.started':
      begin(state, event);
      return;
    default: {
      if (event.type === 'landing.bounced' && event.tip) state.tip = event.tip;
      const entry = entryOf(state, event.ticket);
      if (!entry) return;
      account(state, entry, event.at);
      applyToEntry(state, entry, event);
    }
  }
}

function applyToEntry(
  state: RunState,
  entry: LandingEntry,
  event: Exclude<
    ChainEvent,
    EventNamed<'landing.section-picked' | 'landing.limited' | 'landing.started'>
  >,
): void {
  const { landing } = state;
  switch (event.type) {
    case 'landing.prepared':
      entry.step = 'built';
      entry.commit = event.commit;
      entry.tree = event.tree;
      return;
    case 'landing.set-aside':
      if (!setEpicAside(state, entry.ticket, event.at)) {
        setAside(state, entry, event.behind, event.at);
      }
      return;
    case 'landing.check-started': {
      const lane = event.opens?.kind === 'checks.run' ? event.opens.lane : undefined;
      entry.check = { key: event.opens?.key ?? '', lane: lane ?? 'check-1' };
      return;
    }
    case 'landing.verified': {
      const { check } = entry;
      if (!check || check.key !== event.closes) return;
      entry.check = { ...check, verdict: judgedNow(state.baseline, event.verdict) };
      const ticket = state.tickets.get(entry.ticket);
      if (ticket) ticket.verdict = event.verdict;
      return;
    }
    case 'landing.check-cancelled':
      if (entry.check?.key === event.closes) delete entry.check;
      return;
    case 'landing.moving':
      for (const one of landing.chain) {
        account(state, one, event.at);
        one.step = 'moving';
        one.doing = event.opens?.key ?? '';
        if (one.commit === event.new) break;
      }
      return;
    case 'landing.bounced':
      bounce(state, entry, event);
  }
}

function begin(
  state: RunState,
  { ticket: name, onto, at, opens }: EventNamed<'landing.started'>,
): void {
  const { landing } = state;
  const doing = opens?.key ?? '';
  landing.built += 1;
  if (state.options.schedule === 'batch') landing.isBatchLanding = true;
  const known = entryOf(state, name);
  if (known) {
    account(state, known, at);
    known.onto = onto;
    known.step = 'building';
    known.doing = doing;
    return;
  }
  const waited = landing.queue.find(({ ticket }) => ticket === name);
  landing.queue = landing.queue.filter((other) => other !== waited);
  const ticket = state.tickets.get(name);
  if (ticket) {
    ticket.phase = 'landing';
    ticket.times.waitedForLandingMs += between(ticket.times.queuedAt, at);
  }
  landing.chain.push({
    ticket: name,
    ...(waited?.intake ? { intake: waited.intake } : {}),
    step: 'building',
    doing,
    onto,
    faults: waited?.faults ?? 0,
    since: at,
  });
}

function bounce(
  state: RunState,
  entry: LandingEntry,
  { why, failure, closes }: EventNamed<'landing.bounced'>,
): void {
  const { landing } = state;
  if (why !== 'failed') {
    entry.step = 'bounced';
    delete entry.check;
    landing.marks = landing.marks.filter((mark) => mark !== entry.ticket);
    if (why === 'stale') stopMoving(state);
    return;
  }
  const { check } = entry;
  if (closes === entry.doing && entry.step === 'building') {
    entry.step = 'bounced';
  } else if (closes === entry.doing && entry.step === 'moving') {
    stopMoving(state);
  } else if (!check || closes !== check.key) {
    return; // of checks that were overtaken
  } else {
    const { lane } = check;
    delete entry.check;
    // It lands by the verdict of something behind it.
    if (entry.step !== 'built') return;
    if (failure && LANE_FAULTS.has(failure.code) && landing.lanes.length > 1) {
      landing.brokenLane = { lane, failure };
      return;
    }
  }
  entry.faults += 1;
  if (failure) entry.failure = failure;
  if (entry.faults >= FAULTS_ALLOWED && failure && !entry.intake) state.trouble = failure;
}

function stopMoving({ landing }: RunState): void {
  for (const entry of landing.chain) if (entry.step === 'moving') entry.step = 'built';
}
