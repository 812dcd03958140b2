import type { EventOf, RunEvent } from '../model/event.js';
import { baselineOf } from './baseline.js';
import { noteUnpublished } from './apply-landing.js';
import { freshLanding } from './fresh-state.js';
import { freshIntake } from './intake.js';
import { requeue } from './requeue.js';
import { allSlots, freshHistory, noteGiven, noteTaken } from './slots.js';
import type { RunState } from './state.js';
import { completeInContainers, project, ticketRun } from './tickets.js';

/** Events about the run as a whole. */
export type RunLevelEvent = Extract<
  RunEvent,
  {
    readonly type:
      | 'run.planned'
      | 'run.resumed'
      | 'run.reopened'
      | 'run.stop-requested'
      | 'run.paused'
      | 'run.continued'
      | 'ticket.cancel-requested'
      | 'ticket.retried'
      | 'run.limited'
      | 'run.relieved'
      | 'run.suspended'
      | 'base.check-started'
      | 'base.checked'
      | 'container.completed'
      | 'tickets.projecting'
      | 'tickets.projected'
      | 'bookkeeping.started'
      | 'bookkeeping.prepared'
      | 'bookkeeping.moving'
      | 'bookkeeping.landed'
      | 'run.delivering'
      | 'run.delivered'
      | 'run.finished';
  }
>;

/** Where the target's own commits kept it from being moved, why they were not taken in says more. */
function withReason(state: RunState, event: EventOf<'run.delivered'>): EventOf<'run.delivered'> {
  const { left } = state.intake;
  const isBeside = event.how === 'left' && left !== undefined && event.unpublished === undefined;
  return isBeside ? { ...event, why: left.message } : event;
}

/** Nothing of the queue is gone on with: what is left to do is to take the target in, and to deliver. */
function reopen(state: RunState): void {
  const { finished, stop, reopened, lastAt } = state;
  const { endedAt = finished?.at ?? lastAt } = reopened ?? {};
  const was = reopened ? reopened.stop : stop;
  state.reopened = { exitCode: finished?.exitCode ?? 0, endedAt, ...(was ? { stop: was } : {}) };
  delete state.finished;
  delete state.stop;
  delete state.paused;
  delete state.delivery;
  state.ending = 'no';
  state.intake = freshIntake(state.intake.held);
  const { lanes, width } = freshLanding(state.options.checkSlots ?? 1);
  Object.assign(state.landing, { lanes, width });
}

export function applyToRun(state: RunState, event: RunLevelEvent): void {
  switch (event.type) {
    case 'run.planned':
      // Also in the process that wrote it: what is folded again must come to the same figures.
      state.startedAt = event.at;
      return;
    case 'run.resumed':
      // Whoever starts again wants it to go on: a stop was meant for the process that was stopped. One that drained has
      // nothing to go on with once its end has begun, and still says why it ends.
      if (state.ending === 'no' || state.stop?.mode === 'cancel') delete state.stop;
      delete state.paused;
      delete state.suspended;
      if (event.confirm === 'nowhere') delete state.confirm;
      else if (event.confirm) state.confirm = event.confirm;
      // What the machine or the account lacked then, it may have now.
      state.slots = allSlots(state);
      state.slotHistory = freshHistory();
      state.cooling.clear();
      state.out.clear();
      for (const { keys } of state.pools.values()) for (const key of keys) delete key.spent;
      return;
    case 'run.reopened':
      reopen(state);
      return;
    case 'run.stop-requested':
      if (state.stop?.mode !== 'cancel') state.stop = event;
      delete state.trouble;
      return;
    case 'run.paused':
      state.paused = event.by;
      return;
    case 'run.continued':
      delete state.paused;
      return;
    case 'ticket.cancel-requested':
      ticketRun(state, event.ticket).cancelledBy = event.by;
      state.cancelling.add(event.ticket);
      return;
    case 'ticket.retried':
      retry(state, event);
      return;
    case 'run.limited':
      state.limited.push(event.failure);
      noteTaken(state, event.slots, event.failure, event.at);
      delete state.trouble;
      return;
    case 'run.relieved':
      noteGiven(state, event.slots);
      return;
    case 'run.suspended':
      state.suspended ??= event.failure;
      return;
    case 'base.check-started':
      state.baseCheck = 'open';
      return;
    case 'base.checked':
      state.baseCheck = event.verdict?.colour === 'green' ? 'green' : 'red';
      if (event.verdict) state.baseVerdict = event.verdict;
      if (state.baseCheck === 'green' && event.verdict) state.baseline = baselineOf(event.verdict);
      if (event.failure) state.baseFailure = event.failure;
      return;
    case 'container.completed': {
      state.completedContainers.push(event.ticket);
      state.emptyContainers = state.emptyContainers.filter((id) => id !== event.ticket);
      state.containers.delete(event.ticket);
      project(state, { ticket: event.ticket, state: 'COMPLETED' }, event.at);
      completeInContainers(state, event.ticket);
      return;
    }
    case 'tickets.projecting':
      state.projection.inFlight = event.tickets.length;
      return;
    case 'tickets.projected': {
      const changes = state.projection.pending.splice(0, state.projection.inFlight);
      state.projection.done.push(...changes);
      const tried = new Set(changes.map(({ ticket }) => ticket));
      state.projection.unwritten = event.failure
        ? [...state.projection.unwritten.filter(({ ticket }) => !tried.has(ticket)), ...changes]
        : [];
      if (event.hash) state.projection.hash = event.hash;
      state.projection.inFlight = 0;
      state.projection.notes.push(...event.notes);
      if (event.failure) state.projection.failure = event.failure;
      return;
    }
    case 'bookkeeping.started':
      state.ending = 'bookkeeping';
      return;
    case 'bookkeeping.prepared':
      state.ending = event.commit ? 'booked' : 'moved';
      if (event.commit) state.bookkeeping = event.commit;
      if (event.failure) state.bookkeepingFailure = event.failure;
      return;
    case 'bookkeeping.moving':
      state.ending = 'moving';
      return;
    case 'bookkeeping.landed':
      state.ending = 'moved';
      if (event.commit) state.tip = event.commit;
      if (event.failure) state.bookkeepingFailure = event.failure;
      else noteUnpublished(state, event.unpublished);
      return;
    case 'run.delivering':
      state.ending = 'delivering';
      return;
    case 'run.delivered':
      state.ending = 'delivered';
      state.delivery = withReason(state, event);
      // The effect begins with a copy of its own; a cancelled run is not delivered and knows no more than before.
      if (event.closes !== undefined) noteUnpublished(state, event.unpublished);
      return;
    case 'run.finished':
      state.finished = { exitCode: event.exitCode, at: event.at };
  }
}

/** As if it had not been tried, but that its attempts go on being counted and its kept work stays. */
function retry(state: RunState, { ticket: id, at }: EventOf<'ticket.retried'> & { at: string }) {
  const ticket = ticketRun(state, id);
  ticket.phase = 'waiting';
  ticket.conflicts = 0;
  delete ticket.failure;
  delete ticket.why;
  delete ticket.again;
  delete ticket.note;
  delete ticket.unaffordable;
  delete ticket.cancelledBy;
  state.cancelling.delete(id);
  state.queue = requeue(state, at);
  project(state, { ticket: id, state: 'UNPROCESSED' }, at);
}
