import type { RunEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import { isIntake } from '../model/ids.js';
import { applyToChain, type ChainEvent } from './apply-chain.js';
import { leaveChain, REMEMBERED } from './chain.js';
import type { LandingState } from './landing-state.js';
import { hold, leaveIntake } from './intake.js';
import { noteMended } from './note-mended.js';
import { setEpicAside } from './set-aside.js';
import { someFiles } from './some-files.js';
import type { RunState } from './state.js';
import { completeInContainers, project, settled, ticketRun } from './tickets.js';

type EventNamed<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

export type LandingEvent =
  | ChainEvent
  | EventNamed<
      | 'landing.queued'
      | 'landing.conflicted'
      | 'landing.emptied'
      | 'landing.landed'
      | 'ticket.deferred'
      | 'ticket.released'
    >;

/**
 * The landing queue and how a ticket leaves the run; what happens in between is drawn in apply-chain.
 *
 *     queued ⇄ in the chain → landed
 *                  ↘ conflicted → waiting (again) │ deferred
 */
export function applyToLanding(state: RunState, event: LandingEvent): void {
  switch (event.type) {
    case 'landing.queued': {
      const ticket = ticketRun(state, event.ticket);
      settled(state, event.ticket);
      state.landing.queue.push({ ticket: event.ticket, faults: 0 });
      ticket.phase = 'queued';
      ticket.times.queuedAt = event.at;
      return;
    }
    case 'landing.conflicted':
      conflict(state, event);
      return;
    case 'landing.emptied':
      if (setEpicAside(state, event.ticket, event.at)) return;
      leaveChain(state, event.ticket, event.at);
      state.settling.push({
        ticket: event.ticket,
        result: 'failed',
        failure: {
          code: 'land/nothing-left',
          message: `merged onto what landed meanwhile, the work on ${event.ticket} changes nothing any more`,
        },
      });
      return;
    case 'landing.landed':
      land(state, event);
      return;
    case 'ticket.deferred':
      defer(state, event);
      return;
    case 'ticket.released': {
      const ticket = ticketRun(state, event.ticket);
      settled(state, event.ticket);
      leaveChain(state, event.ticket, event.at);
      ticket.phase = 'released';
      ticket.why = event.why;
      state.queue.drop(event.ticket);
      project(state, { ticket: event.ticket, state: 'UNPROCESSED' }, event.at);
      return;
    }
    default:
      applyToChain(state, event);
  }
}

function conflict(
  state: RunState,
  { ticket: id, files, at }: EventNamed<'landing.conflicted'>,
): void {
  if (setEpicAside(state, id, at)) return;
  const entry = leaveChain(state, id, at);
  if (entry?.intake) {
    leaveIntake(state, {
      code: 'land/target-moved',
      message: `${state.target} moved to ${entry.intake.target.slice(0, 12)}, which conflicts in ${someFiles(files)} with what landed`,
    });
    return;
  }
  const ticket = ticketRun(state, id);
  // An epic's tickets rest on each other: one of them alone cannot be done again on the new base.
  const tries = state.parts.has(id) ? 0 : state.options.conflictAttempts;
  const { harvest, note } = ticket;
  if (ticket.conflicts < tries && harvest?.work) {
    ticket.phase = 'waiting';
    const told = note === undefined ? {} : { note };
    ticket.again = { kind: 'conflict', files, earlierWork: harvest.work, ...told };
    state.queue.ready(id);
    return;
  }
  state.settling.push({
    ticket: id,
    result: 'failed',
    failure: {
      code: 'land/conflict',
      message: `conflicts in ${someFiles(files)} with what landed meanwhile${ticket.conflicts > 0 ? ', also when done again on the new base' : ''}`,
    },
  });
}

function land(state: RunState, event: EventNamed<'landing.landed'>): void {
  const { landing } = state;
  const { ticket: id, commit, at, rest } = event;
  if (landing.landedToo[0]?.ticket === id) {
    landing.landedToo = landing.landedToo.slice(1);
  } else {
    landing.landedToo = rest ?? [];
    state.tip = rest?.at(-1)?.commit ?? commit;
    noteUnpublished(state, event.unpublished);
    if (event.target) state.intake.seen = event.target;
    noteMended(state, rest?.at(-1)?.ticket ?? id);
  }
  landing.width = Math.min(landing.lanes.length, 2 * landing.width);
  const entry = leaveChain(state, id, at);
  if (state.intake.look === 'fresh') state.intake.look = 'none';
  if (entry?.intake ?? isIntake(id)) {
    hold(state, entry);
    delete state.intake.left;
    return;
  }
  const ticket = ticketRun(state, id);
  ticket.phase = 'landed';
  ticket.commit = commit;
  ticket.times.landedAt = at;
  delete ticket.failure;
  remember(landing, false);
  state.queue.settle(id);
  completeInContainers(state, id);
  project(state, { ticket: id, state: 'COMPLETED', commit, branch: state.branch }, at);
}

function defer(state: RunState, { ticket: id, failure, at }: EventNamed<'ticket.deferred'>): void {
  const ticket = ticketRun(state, id);
  settled(state, id);
  const entry = leaveChain(state, id, at);
  if (entry && failure.code === 'checks/red') {
    remember(state.landing, true);
    narrow(state.landing);
  }
  ticket.phase = 'deferred';
  ticket.failure = failure;
  state.queue.drop(id);
  project(state, { ticket: id, state: 'DEFERRED', reason: reasonLine(failure.message) }, at);
}

/** Halves the window at the second rejection without a landing in between, and at each further one. */
function narrow(landing: LandingState): void {
  if (landing.outcomes.at(-2) === true) landing.width = Math.max(1, landing.width >> 1);
}

function remember({ outcomes }: LandingState, wasRejected: boolean): void {
  outcomes.push(wasRejected);
  if (outcomes.length > REMEMBERED) outcomes.shift();
}

/** One line of at most 300 characters: other tools show it in a table. */
const reasonLine = (message: string) => message.replace(/\s+/g, ' ').trim().slice(0, 300);

/** Each publication brings the whole branch, so only the last word counts. */
export function noteUnpublished(state: RunState, failure: Failure | undefined): void {
  if (failure) state.unpublished = failure;
  else delete state.unpublished;
}
