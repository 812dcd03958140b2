import type { RunEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { LandQuestion, StartQuestion } from '../model/question.js';
import { entryOf, leaveChain } from './chain.js';
import type { RunState } from './state.js';
import { ticketRun } from './tickets.js';

type EventNamed<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;
type Answered = EventNamed<'question.answered'>;

/**
 * What a human is asked and says (decision D10). An answer and all it makes true are one record: whoever goes on with a
 * run that was killed has both or none.
 */
export function applyToQuestion(
  state: RunState,
  event: EventNamed<'question.asked' | 'question.withdrawn'> | Answered,
): void {
  if (event.type === 'question.asked') {
    state.question = { ...event.question, asked: event.seq, at: event.at };
    return;
  }
  delete state.question;
  if (event.type === 'question.withdrawn') return;
  if (event.answer.kind === 'stop') state.stop ??= { mode: 'drain', by: event.by };
  if (event.question.about === 'start') begin(state, event.question, event);
  else land(state, event.question, event);
}

function begin(state: RunState, { ticket, component }: StartQuestion, event: Answered): void {
  const { kind } = event.answer;
  if (kind === 'go') {
    if (component === undefined) state.approved.tickets.add(ticket);
    else state.approved.components.add(component);
  } else if (kind === 'defer' && component === undefined) {
    state.settling.push({ ticket, result: 'failed', failure: deferredBy(event) });
  } else if (kind === 'defer') {
    for (const [id, one] of state.tickets) {
      if (one.ticket.component !== component || one.phase !== 'waiting') continue;
      one.cancelledBy ??= `${event.by}, with its component`;
      state.cancelling.add(id);
    }
  }
}

function land(state: RunState, { ticket: id, commit }: LandQuestion, event: Answered): void {
  const { answer, at, by } = event;
  const entry = entryOf(state, id);
  if (!entry) return;
  if (answer.kind === 'go') {
    entry.approved = commit;
    return;
  }
  leaveChain(state, id, at);
  const ticket = ticketRun(state, id);
  const earlierWork = ticket.harvest?.work;
  if (answer.kind === 'send-back' && earlierWork) {
    ticket.sentBack += 1;
    ticket.note = answer.note;
    ticket.phase = 'waiting';
    ticket.again = { kind: 'review', note: answer.note, earlierWork, isInLane: false };
    state.approved.tickets.add(id);
    state.queue.ready(id);
  } else if (answer.kind === 'stop') {
    const why = `${by} ended the run instead of landing it`;
    state.settling.push({ ticket: id, result: 'cancelled', why });
  } else state.settling.push({ ticket: id, result: 'failed', failure: deferredBy(event) });
}

const deferredBy = ({ answer, by, question }: Answered): Failure => {
  const note = answer.kind === 'defer' ? answer.note?.trim() : undefined;
  const when = question.about === 'start' ? 'before it was begun' : 'instead of landing it';
  return {
    code: 'ticket/deferred-by-hand',
    message: note ? `deferred (${by}): ${note}` : `deferred by ${by} ${when}`,
  };
};
