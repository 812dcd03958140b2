import type { EventDraft } from '../model/event.js';
import { mayLand, questionOf } from './approval.js';
import { entryOf } from './chain.js';
import { landableLength } from './landable.js';
import type { Choice } from './queue.js';
import type { OpenQuestion, RunState } from './state.js';
import { isCancelled, ticketRun } from './tickets.js';

/** A question that nobody needs to answer any more is taken back; what it was about goes on as if it had not been asked. */
export function decideWithdrawal(state: RunState): EventDraft | undefined {
  const open = state.question;
  const why = open && whyMoot(state, open);
  if (open === undefined || why === undefined) return undefined;
  return { type: 'question.withdrawn', asked: open.asked, question: questionOf(open), why };
}

function whyMoot(state: RunState, open: OpenQuestion): string | undefined {
  const { confirm, stop, queue } = state;
  const wanted = open.about === 'start' && open.component !== undefined ? 'component' : 'ticket';
  if (confirm !== wanted) return 'the run goes on in another way';
  if (isCancelled(state, open.ticket)) return 'it was cancelled';
  if (open.about === 'start') {
    if (stop) return 'the run stops';
    return queue.isReady(open.ticket) ? undefined : 'it cannot be begun any more';
  }
  const entry = entryOf(state, open.ticket);
  const isThere = entry?.step === 'built' && entry.commit === open.commit;
  return isThere ? undefined : 'it is built again';
}

/** Asked when nothing is in hand, so that everything before is seen landed, and in the index. */
export function askToStart(state: RunState, { ticket, reason }: Choice): EventDraft | undefined {
  const { active, landing, options, projection } = state;
  // Of a batch nothing lands before all of it has been asked about.
  const isUnwritten = options.schedule === 'rolling' && projection.pending.length > 0;
  if (active.size > 0 || landing.chain.length > 0 || isUnwritten) return undefined;
  const { component } = ticketRun(state, ticket).ticket;
  const whole = state.confirm === 'component' ? { component } : {};
  return { type: 'question.asked', question: { about: 'start', ticket, ...whole, reason } };
}

/** The first of what could land now and nobody has said that it may. */
export function askToLand(state: RunState): EventDraft | undefined {
  if (state.confirm !== 'ticket' || state.question) return undefined;
  const next = state.landing.chain
    .slice(0, landableLength(state, true))
    .find((entry) => entry.step === 'built' && !mayLand(state, entry));
  if (!next?.commit) return undefined;
  const { ticket, commit, onto } = next;
  return { type: 'question.asked', question: { about: 'land', ticket, commit, onto } };
}
