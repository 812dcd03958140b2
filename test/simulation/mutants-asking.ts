import { entryOf } from '../../lib/engine/chain.js';
import { questionOf } from '../../lib/engine/approval.js';
import type { RunState } from '../../lib/engine/state.js';
import { isCommand } from '../../lib/engine/commands.js';
import type { Command } from '../../lib/model/command.js';
import type { EventDraft } from '../../lib/model/event.js';
import type { Question } from '../../lib/model/question.js';
import type { Inbox } from '../../lib/run/inbox.js';
import type { Mutant } from './live.js';

type Item = EventDraft | Command;

/** Runs that ask their human and do it wrong on purpose: the suite must tell each of them. */
export const askingMutants: Readonly<Record<string, Mutant>> = {
  'an answer that is taken for whatever is asked now': {
    inbox: (inbox, state) =>
      hearing(inbox, (item) =>
        isCommand(item) && item.type === 'answer' && state.question
          ? { ...item, asked: state.question.asked }
          : item,
      ),
  },
  'an answer that counts as often as it is given': { inbox: countingAll },
  'a run that is gone on with and has forgotten that it asks': {
    fold: (state) => {
      delete state.confirm;
    },
  },
  'a run that is gone on with and has forgotten what it was asking': {
    fold: (state) => {
      delete state.question;
    },
  },
  'a run that is gone on with and has forgotten what was approved': {
    fold: ({ approved, landing }) => {
      approved.tickets.clear();
      approved.components.clear();
      for (const entry of landing.chain) delete entry.approved;
    },
  },
  'a run that is gone on with and has forgotten what was to be changed': {
    fold: ({ tickets }) => {
      for (const ticket of tickets.values()) delete ticket.again;
    },
  },
  'a landing that is asked about once, however often it is done again': {
    meddle: (event, state) => {
      if (event.type !== 'landing.prepared') return;
      const entry = entryOf(state, event.ticket);
      const isAgain = (state.tickets.get(event.ticket)?.sentBack ?? 0) > 0;
      if (entry && isAgain) entry.approved = event.commit;
    },
  },
};

/** An inbox of which each item is heard otherwise. */
const hearing = (inbox: Inbox<Item>, as: (item: Item) => Item): Inbox<Item> => ({
  ...inbox,
  drain: () => inbox.drain().map(as),
});

/** Takes each answer to a question that it has asked for the answer, whether that is open or not. */
function countingAll(inbox: Inbox<Item>, state: RunState): Inbox<Item> {
  const known = new Map<number, Question>();
  return hearing(inbox, (item) => {
    if (state.question) known.set(state.question.asked, questionOf(state.question));
    if (!isCommand(item) || item.type !== 'answer') return item;
    const { asked, answer, by } = item;
    const question = known.get(asked);
    return question ? { type: 'question.answered', asked, question, answer, by } : item;
  });
}
