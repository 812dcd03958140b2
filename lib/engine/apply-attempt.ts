import type { RunEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { AttemptAddress } from '../model/ids.js';
import { firstAsk } from '../model/intent.js';
import { isOfKey, isSpending } from './agent-failure.js';
import { endWait, lease, noteCall, noteKey } from './apply-credentials.js';
import { letGo } from './apply-budget.js';
import { noteCost } from './costs.js';
import { agentOf } from './pools.js';
import { noteReports } from './reports.js';
import { noteAgentEnd } from './slots.js';
import type { AttemptRun, RunState, TicketRun } from './state.js';
import { between, minutesInto, project, ticketRun } from './tickets.js';

type AttemptEvent = Extract<
  RunEvent,
  {
    readonly type:
      | 'attempt.started'
      | 'lane.prepared'
      | 'lane.failed'
      | 'agent.called'
      | 'agent.finished'
      | 'harvest.started'
      | 'work.harvested'
      | 'scripts.started'
      | 'scripts.finished'
      | 'attempt.finished';
  }
>;

/**
 * An attempt's life. Steps that end in -ing have an intent open; a fix round goes from proved back to working, one that
 * met a limit from harvested. Before each call it may have to wait for a key: awaiting.
 *
 *     preparing → prepared → working → worked → harvesting → harvested → (proving → proved) → finished
 *          ↘ unprepared ────────────────────────────────────────────────────────────────────↗
 */
export function applyToAttempt(state: RunState, event: AttemptEvent): void {
  if (event.type === 'attempt.started') {
    start(state, event);
    return;
  }
  const attempt = attemptRun(state, event.attempt);
  const { times } = ticketRun(state, attempt.ticket);
  switch (event.type) {
    case 'lane.prepared':
      attempt.step = 'prepared';
      if (attempt.ask.kind === 'review')
        attempt.ask = { ...attempt.ask, isInLane: event.holdsEarlier === true };
      times.laneMs += event.ms;
      times.setupMs += event.setupMs;
      return;
    case 'lane.failed':
      attempt.step = 'unprepared';
      attempt.failure = event.failure;
      return;
    case 'agent.called':
      attempt.step = 'working';
      noteCall(state, attempt, event);
      attempt.round = event.round;
      state.sessions = event.session ?? state.sessions + 1;
      attempt.session = state.sessions;
      if (event.reserved !== undefined) attempt.reserved = event.reserved;
      if (event.opens?.kind === 'agent.run') attempt.nextAsk = event.opens.ask;
      return;
    case 'agent.finished': {
      attempt.step = 'worked';
      attempt.outcome = event.outcome;
      countFix(attempt);
      times.agentMs += event.outcome.ms;
      noteReports(ticketRun(state, attempt.ticket), attempt.session, event.outcome);
      if (!isKeyFailure(state, attempt)) noteAgentEnd(state, event.outcome, event.at);
      noteKey(state, attempt, event.outcome);
      noteCost(state, attempt, event.outcome);
      letGo(attempt);
      return;
    }
    case 'harvest.started':
      attempt.step = 'harvesting';
      return;
    case 'work.harvested': {
      attempt.step = 'harvested';
      if (event.failure) attempt.failure = event.failure;
      // The next harvest would fail alike, and each leaves a lane that must not be used.
      if (event.failure?.code === 'lane/not-harvested') state.trouble = event.failure;
      if (!event.harvest) return;
      attempt.harvest = event.harvest;
      const ticket = ticketRun(state, attempt.ticket);
      ticket.harvest = event.harvest;
      // Without either there was nothing to keep.
      if (event.harvest.work ?? event.failure) ticket.kept = event.harvest.kept;
      return;
    }
    case 'scripts.started':
      attempt.step = 'proving';
      return;
    case 'scripts.finished':
      attempt.step = 'proved';
      attempt.scripts = event.results;
      if (event.failure) attempt.failure = event.failure;
      return;
    case 'attempt.finished':
      finish(state, attempt, event);
  }
}

function start(state: RunState, event: Extract<RunEvent, { readonly type: 'attempt.started' }>) {
  const ticket = ticketRun(state, event.ticket);
  const ask = ticket.again ?? { kind: 'ticket' };
  if (ticket.attempts === 0) state.started += 1;
  ticket.attempts += 1;
  ticket.numbered += 1;
  ticket.phase = 'active';
  ticket.attempt = event.attempt;
  ticket.times.firstStartedAt ??= event.at;
  if (event.because === 'conflict') ticket.conflicts += 1;
  delete ticket.again;
  delete ticket.hasWaited;
  const model = event.model ?? ticket.ticket.model;
  if (model) ticket.model = model;
  const attempt: AttemptRun = {
    address: event.attempt,
    ticket: event.ticket,
    lane: event.lane,
    base: event.base,
    ask,
    nextAsk: ask,
    startedAt: event.at,
    step: 'preparing',
    round: 0,
    session: 0,
    scripts: [],
    fixes: new Map(),
    ...(model ? { model } : {}),
    ...(event.reserved === undefined ? {} : { reserved: event.reserved }),
  };
  state.active.set(event.attempt, attempt);
  if (event.credential !== undefined) lease(state, attempt, event.credential, event.seq);
  state.queue.start(event.ticket, minutesInto(state, event.at));
  project(state, { ticket: event.ticket, state: 'IN_PROGRESS' }, event.at);
}

/** One that was cut off was none, be it by a limit that another key may not meet. */
function countFix({ nextAsk, outcome, fixes }: AttemptRun) {
  const asked = firstAsk(nextAsk);
  if (asked.kind !== 'fix' || outcome?.end.kind === 'cancelled') return;
  if (outcome?.failure && isOfKey(outcome.failure)) return;
  fixes.set(asked.script, (fixes.get(asked.script) ?? 0) + 1);
}

/** The call ended by what its key met, which says nothing about how many may work at once. */
const isKeyFailure = (state: RunState, attempt: AttemptRun) =>
  attempt.outcome?.failure !== undefined &&
  isOfKey(attempt.outcome.failure) &&
  state.pools.has(agentOf(state, attempt));

function finish(
  state: RunState,
  attempt: AttemptRun,
  event: Extract<RunEvent, { readonly type: 'attempt.finished' }>,
) {
  const ticket = ticketRun(state, attempt.ticket);
  ticket.times.attemptMs += between(attempt.startedAt, event.at);
  endWait(state, attempt, event.at);
  state.active.delete(attempt.address);
  state.queue.finish(attempt.ticket);
  if (event.result === 'cancelled' && event.failure) ticket.unaffordable = event.failure;
  if (event.result === 'throttled') {
    throttle(state, attempt, event.at);
    return;
  }
  if (event.result === 'waited') {
    ticket.hasWaited = true;
    putBack(state, attempt, event.at);
    return;
  }
  if (event.result !== 'not-begun' && event.result !== 'interrupted') {
    state.settling.push({
      ticket: event.ticket,
      attempt: event.attempt,
      result: event.result,
      ...(event.failure ? { failure: event.failure } : {}),
    });
    return;
  }
  // Nothing of the ticket was tried to its end: everything about it goes back to where it was.
  ticket.phase = 'waiting';
  ticket.attempts -= 1;
  askAgain(ticket, attempt);
  if (ticket.attempts === 0) state.started -= 1;
  state.queue.ready(attempt.ticket);
  project(state, { ticket: attempt.ticket, state: 'UNPROCESSED' }, event.at);
  if (event.failure && !isSpending(event.failure) && !isAnswered(state, event.failure))
    state.trouble = event.failure;
}

/** It was called and is paid for: an attempt like any other, but for the ticket, which waits for its next one. */
function throttle(state: RunState, attempt: AttemptRun, at: string) {
  ticketRun(state, attempt.ticket).throttled += 1;
  putBack(state, attempt, at);
  // Behind those that wait already.
  state.cooling.delete(attempt.ticket);
  state.cooling.add(attempt.ticket);
}

/** The ticket of an attempt that counts waits for its next one. */
function putBack(state: RunState, attempt: AttemptRun, at: string) {
  const ticket = ticketRun(state, attempt.ticket);
  ticket.phase = 'waiting';
  askAgain(ticket, attempt);
  state.queue.ready(attempt.ticket);
  project(state, { ticket: attempt.ticket, state: 'UNPROCESSED' }, at);
}

/** The next attempt is about what this one was about. */
function askAgain(ticket: TicketRun, { ask }: AttemptRun) {
  if (ask.kind !== 'ticket') ticket.again = ask;
  if (ask.kind === 'conflict') ticket.conflicts -= 1;
}

/** Whether the run drains for that very fault already. */
const isAnswered = ({ stop }: RunState, { code }: Failure) => stop?.failure?.code === code;

/** An attempt that holds a lane; a missing one is a bug of ours. */
function attemptRun(state: RunState, address: AttemptAddress): AttemptRun {
  const found = state.active.get(address);
  if (!found) throw new Error(`event about ${address}, which holds no lane`);
  return found;
}
