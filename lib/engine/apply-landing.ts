import type { RunEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { Oid, TicketId } from '../model/ids.js';
import { someFiles } from './some-files.js';
import type { RunState } from './state.js';
import { between, completeInContainers, project, settled, ticketRun } from './tickets.js';

type LandingEvent = Extract<
  RunEvent,
  {
    readonly type:
      | 'landing.queued'
      | 'landing.started'
      | 'landing.prepared'
      | 'landing.conflicted'
      | 'landing.emptied'
      | 'landing.check-started'
      | 'landing.verified'
      | 'landing.moving'
      | 'landing.landed'
      | 'landing.bounced'
      | 'ticket.deferred'
      | 'ticket.released';
  }
>;

/** So many outside faults in a row at landing one ticket stop the run; a branch that moved is not one. */
export const FAULTS_ALLOWED = 2;

/**
 * The landing queue and how a ticket leaves the run.
 *
 *     queued → building → built → (checking → checked) → moving → landed
 *                 ↑  ↘ conflicted → waiting (again) │ deferred          │
 *                 └──────────────── bounced (stale) ────────────────────┘
 */
export function applyToLanding(state: RunState, event: LandingEvent): void {
  const { landing } = state;
  const ticket = ticketRun(state, event.ticket);
  const active = landing.active;
  switch (event.type) {
    case 'landing.queued':
      settled(state, event.ticket);
      landing.queue.push(event.ticket);
      ticket.phase = 'queued';
      ticket.times.queuedAt = event.at;
      return;
    case 'landing.started':
      begin(state, event.ticket, event.onto, event.at);
      return;
    case 'landing.prepared':
      if (!active) return;
      active.step = 'built';
      active.commit = event.commit;
      active.tree = event.tree;
      return;
    case 'landing.conflicted':
      conflict(state, event.ticket, event.files, event.at);
      return;
    case 'landing.emptied':
      leave(state, event.ticket, event.at);
      state.settling.push({
        ticket: event.ticket,
        result: 'failed',
        failure: {
          code: 'land/nothing-left',
          message: `merged onto what landed meanwhile, the work on ${event.ticket} changes nothing any more`,
        },
      });
      return;
    case 'landing.check-started':
      if (active) active.step = 'checking';
      return;
    case 'landing.verified':
      if (!active) return;
      active.step = 'checked';
      active.verdict = event.verdict;
      ticket.verdict = event.verdict;
      return;
    case 'landing.moving':
      if (active) active.step = 'moving';
      return;
    case 'landing.landed':
      land(state, event.ticket, event.commit, event.at);
      noteUnpublished(state, event.unpublished);
      return;
    case 'landing.bounced':
      if (event.tip) state.tip = event.tip;
      if (!active) return;
      active.step = 'bounced';
      if (event.why === 'failed') active.faults += 1;
      if (event.failure) active.failure = event.failure;
      if (active.faults >= FAULTS_ALLOWED && event.failure) state.trouble = event.failure;
      return;
    case 'ticket.deferred':
      settled(state, event.ticket);
      leave(state, event.ticket, event.at);
      ticket.phase = 'deferred';
      ticket.failure = event.failure;
      state.queue.drop(event.ticket);
      project(
        state,
        { ticket: event.ticket, state: 'DEFERRED', reason: reasonLine(event.failure.message) },
        event.at,
      );
      return;
    case 'ticket.released':
      settled(state, event.ticket);
      leave(state, event.ticket, event.at);
      ticket.phase = 'released';
      ticket.why = event.why;
      state.queue.drop(event.ticket);
      project(state, { ticket: event.ticket, state: 'UNPROCESSED' }, event.at);
  }
}

function begin(state: RunState, id: TicketId, onto: Oid, at: string) {
  const { landing } = state;
  const ticket = ticketRun(state, id);
  ticket.phase = 'landing';
  landing.built += 1;
  if (state.options.schedule === 'batch') landing.isBatchLanding = true;
  if (landing.active?.ticket === id) {
    landing.active.onto = onto;
    landing.active.step = 'building';
    return;
  }
  landing.queue = landing.queue.filter((queued) => queued !== id);
  ticket.times.waitedForLandingMs += between(ticket.times.queuedAt, at);
  landing.active = { ticket: id, startedAt: at, step: 'building', onto, faults: 0 };
}

function conflict(state: RunState, id: TicketId, files: readonly string[], at: string) {
  const ticket = ticketRun(state, id);
  leave(state, id, at);
  if (ticket.conflicts < state.options.conflictAttempts && ticket.harvest?.work) {
    ticket.phase = 'waiting';
    ticket.again = { kind: 'conflict', files, earlierWork: ticket.harvest.work };
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

/** The ticket leaves the landing queue, whichever way. */
function leave(state: RunState, id: TicketId, at: string) {
  const { landing } = state;
  if (landing.active?.ticket === id) {
    ticketRun(state, id).times.landingMs += between(landing.active.startedAt, at);
    delete landing.active;
  }
  landing.queue = landing.queue.filter((queued) => queued !== id);
  if (landing.queue.length === 0 && !landing.active) landing.isBatchLanding = false;
}

function land(state: RunState, id: TicketId, commit: Oid, at: string) {
  const ticket = ticketRun(state, id);
  leave(state, id, at);
  ticket.phase = 'landed';
  ticket.commit = commit;
  ticket.times.landedAt = at;
  delete ticket.failure;
  state.tip = commit;
  state.queue.settle(id);
  completeInContainers(state, id);
  project(state, { ticket: id, state: 'COMPLETED', commit, branch: state.branch }, at);
}

/** One line of at most 300 characters: other tools show it in a table. */
const reasonLine = (message: string) => message.replace(/\s+/g, ' ').trim().slice(0, 300);

/** Each publication brings the whole branch, so only the last word counts. */
export function noteUnpublished(state: RunState, failure: Failure | undefined): void {
  if (failure) state.unpublished = failure;
  else delete state.unpublished;
}
