import { isCommandType, type AnswerCommand, type Command } from '../model/command.js';
import type { EventDraft } from '../model/event.js';
import type { TicketId } from '../model/ids.js';
import { answersTo, questionOf } from './approval.js';
import type { RunState } from './state.js';
import { isLost, isSettled } from './tickets.js';

/**
 * What a command makes true, as events. One that changes nothing any more (a pause of a paused run, a ticket that has
 * landed) makes none: commands may come twice, and late.
 */
export function eventsOf(command: Command, state: RunState): readonly EventDraft[] {
  const { by } = command;
  if (state.finished) return [];
  switch (command.type) {
    case 'stop':
      return [{ type: 'run.stop-requested', mode: command.mode, by }];
    case 'pause':
      return state.paused ? [] : [{ type: 'run.paused', by }];
    case 'continue':
      return state.paused ? [{ type: 'run.continued', by }] : [];
    case 'cancel-tickets':
      return command.tickets
        .filter((id) => {
          const ticket = state.tickets.get(id);
          return ticket && !ticket.cancelledBy && !isSettled(ticket.phase);
        })
        .map((ticket) => ({ type: 'ticket.cancel-requested', ticket, by }));
    case 'retry-tickets':
      return command.tickets
        .filter((id) => isLost(state.tickets.get(id)?.phase) && canRetry(state, id))
        .map((ticket) => ({ type: 'ticket.retried', ticket, by }));
    case 'answer':
      return answered(command, state);
  }
}

/**
 * Whether a ticket that did not land can be tried again in this run: not in one that ends or goes by epics, and under
 * strict batches only as long as nothing of its batch lands.
 */
export function canRetry(state: RunState, id: TicketId): boolean {
  if (state.stop || state.reopened || state.ending !== 'no') return false;
  // What lands whole or not at all is given up whole, too: it begins anew with the next run.
  if (state.parts.size > 0) return false;
  if (state.options.schedule === 'rolling') return true;
  const batch = state.tickets.get(id)?.ticket.batch;
  const all = [...state.tickets.values()];
  return (
    !state.landing.isBatchLanding &&
    all.every(({ ticket, attempts, phase }) =>
      ticket.batch === batch ? phase !== 'landed' : ticket.batch < (batch ?? 0) || attempts === 0,
    )
  );
}

/** An answer that does not fit the open question is none: it was given to another one, or made up. */
function answered({ asked, answer, by }: AnswerCommand, state: RunState): readonly EventDraft[] {
  const { question: open } = state;
  if (open?.asked !== asked || !answersTo(state, open).includes(answer.kind)) return [];
  return [{ type: 'question.answered', asked, question: questionOf(open), answer, by }];
}

/** Events and commands come through one inbox. */
export const isCommand = (item: EventDraft | Command): item is Command => isCommandType(item.type);
