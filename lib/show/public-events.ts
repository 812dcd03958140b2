import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summarise.js';
import { ticketRun } from '../engine/tickets.js';
import type { KeyLack } from '../model/credential-facts.js';
import type { EventOf, RunEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import { isIntake, type TicketId } from '../model/ids.js';
import type { Question } from '../model/question.js';
import type { PublicEvent } from '../model/public-event.js';

/** The public form of an internal event; nothing for those that stay inside. `state` already holds the event. */
export function publicEvent(event: RunEvent, state: RunState): PublicEvent | undefined {
  const head = { v: 1 as const, run: state.run as string, seq: event.seq, at: event.at };
  switch (event.type) {
    case 'run.planned':
      return {
        ...head,
        type: 'run.started',
        branch: state.branch,
        base: state.base,
        target: state.target,
        slots: state.slots,
        tickets: state.tickets.size,
      };
    case 'run.resumed':
      return {
        ...head,
        type: event.type,
        branch: state.branch,
        slots: state.slots,
        landed: countLanded(state),
        total: state.tickets.size,
      };
    case 'run.stop-requested':
      return { ...head, type: 'run.stopping', mode: event.mode, by: event.by };
    case 'run.paused':
    case 'run.continued':
      return { ...head, type: event.type, by: event.by };
    case 'run.limited':
      return { ...head, type: 'run.limited', slots: event.slots, reason: event.failure.message };
    case 'run.relieved':
      return { ...head, type: event.type, slots: event.slots, reason: event.why };
    case 'credential.cooled': {
      const { agent, credential, until, failure } = event;
      return { ...head, type: event.type, agent, credential, until, ...(failure && told(failure)) };
    }
    case 'credential.spent': {
      const { agent, credential, failure } = event;
      return { ...head, type: event.type, agent, credential, ...told(failure) };
    }
    case 'credential.lacked': {
      const { agent, why, running, slots } = event;
      return { ...head, type: event.type, agent, ...lack(why), running, slots };
    }
    case 'credential.sufficed':
      return { ...head, type: event.type };
    case 'credential.awaited': {
      const { ticket, agent, why, until } = event;
      return { ...head, type: 'ticket.waiting', ticket, agent, ...lack(why), until };
    }
    case 'budget.warned':
      return {
        ...head,
        type: event.type,
        percent: event.percent,
        usedUsd: event.usedMicroUsd / 1_000_000,
        limitUsd: event.limitMicroUsd / 1_000_000,
      };
    case 'budget.exceeded': {
      const { ticket, failure } = event;
      return { ...head, type: 'ticket.overspent', ticket, ...told(failure) };
    }
    case 'run.suspended': {
      const { code, message } = event.failure;
      return { ...head, type: event.type, code, reason: message };
    }
    case 'landing.limited':
      return {
        ...head,
        type: 'checks.limited',
        slots: event.slots,
        reason: event.failure.message,
      };
    case 'base.checked':
      return { ...head, type: event.type, ...checkedBase(event, state) };
    case 'intake.queued':
      return { ...head, type: 'intake.started', target: state.target, commit: event.target };
    case 'intake.contained':
      return { ...head, type: 'intake.landed', target: state.target, commit: state.tip };
    case 'intake.left':
      return { ...head, type: 'intake.refused', target: state.target, ...told(event.failure) };
    case 'question.asked':
    case 'question.withdrawn':
      return { ...head, type: event.type, ...publicQuestion(event.question) };
    case 'question.answered': {
      const { question, answer, by } = event;
      const note = 'note' in answer ? { note: answer.note } : {};
      return {
        ...head,
        type: event.type,
        ...publicQuestion(question),
        answer: answer.kind,
        ...note,
        by,
      };
    }
    case 'attempt.started':
      return {
        ...head,
        type: 'ticket.started',
        ticket: event.ticket,
        attempt: state.tickets.get(event.ticket)?.attempts ?? 1,
        ...workerOf(event.ticket, state),
        lane: event.lane,
        ...(event.credential === undefined ? {} : { credential: event.credential }),
        ...(event.model ? { model: event.model.name, modelBecause: event.model.because } : {}),
        reason: event.reason,
      };
    case 'landing.queued':
      return {
        ...head,
        type: 'ticket.worked',
        ticket: event.ticket,
        ms: state.tickets.get(event.ticket)?.times.agentMs ?? 0,
        files: state.tickets.get(event.ticket)?.harvest?.filesTotal ?? 0,
        ...costOf(event.ticket, state),
      };
    case 'landing.check-started':
      if (isIntake(event.ticket)) return undefined;
      return { ...head, type: 'ticket.checking', ticket: event.ticket };
    case 'landing.set-aside': {
      const { ticket, behind, files } = event;
      if (isIntake(ticket)) return undefined;
      return { ...head, type: 'ticket.set-aside', ticket, behind, files: [...files] };
    }
    case 'attempt.finished':
      if (event.result === 'waited')
        return { ...head, type: 'ticket.requeued', ticket: event.ticket };
      if (event.result !== 'throttled') return undefined;
      return {
        ...head,
        type: 'ticket.throttled',
        ticket: event.ticket,
        reason: event.failure?.message ?? 'it met a rate limit',
      };
    case 'landing.conflicted':
      if (isIntake(event.ticket)) {
        const { left } = state.intake;
        return left && { ...head, type: 'intake.refused', target: state.target, ...told(left) };
      }
      return { ...head, type: 'ticket.conflicted', ticket: event.ticket, files: [...event.files] };
    case 'landing.landed':
      if (isIntake(event.ticket)) {
        return { ...head, type: 'intake.landed', target: state.target, commit: event.commit };
      }
      return {
        ...head,
        type: 'ticket.landed',
        ticket: event.ticket,
        commit: event.commit,
        landed: countLanded(state),
        total: state.tickets.size,
        ...mendedBy(event.ticket, state),
        ...costOf(event.ticket, state),
      };
    case 'ticket.deferred':
      return {
        ...head,
        type: 'ticket.deferred',
        ticket: event.ticket,
        code: event.failure.code,
        reason: event.failure.message,
        ...(event.kept ? { kept: event.kept } : {}),
        ...costOf(event.ticket, state),
      };
    case 'ticket.released':
      return {
        ...head,
        type: event.type,
        ticket: event.ticket,
        reason: event.why,
        ...costOf(event.ticket, state),
      };
    case 'ticket.retried':
      return { ...head, type: event.type, ticket: event.ticket, by: event.by };
    case 'run.finished':
      return {
        ...head,
        type: 'run.finished',
        exitCode: event.exitCode,
        summary: summarise(state),
      };
    default:
      return undefined;
  }
}

/** Who works on a ticket, and for what. */
function workerOf(id: TicketId, state: RunState) {
  const { component, agent, model } = ticketRun(state, id).ticket;
  return { component, agent, ...(model ? { model: model.name } : {}) };
}

function costOf(id: TicketId, { tickets }: RunState) {
  const microUsd = tickets.get(id)?.used?.microUsd ?? 0;
  return microUsd > 0 ? { costUsd: microUsd / 1_000_000 } : {};
}

const lack = ({ kind, keys }: KeyLack) => ({ why: kind, keys: [...keys] });

const told = ({ code, message }: Failure) => ({ code, reason: message });

function checkedBase({ verdict, failure }: EventOf<'base.checked'>, { baseline }: RunState) {
  return {
    colour: verdict?.colour ?? 'unknown',
    knownFailures: baseline.map(({ command, failures }) => ({
      command,
      failures: [...failures],
    })),
    ...(failure ? { reason: failure.message } : {}),
  };
}

function mendedBy(ticket: string, { mended }: RunState) {
  const failures = mended.filter((one) => one.ticket === ticket).flatMap((one) => one.failures);
  return failures.length > 0 ? { mended: failures } : {};
}
const publicQuestion = (question: Question) => ({
  about: question.about,
  ticket: question.ticket,
  ...(question.about === 'start' && question.component !== undefined
    ? { component: question.component }
    : {}),
  ...(question.about === 'land' ? { commit: question.commit } : {}),
});

/** Tickets landed so far. */
export const countLanded = (state: RunState) =>
  [...state.tickets.values()].filter(({ phase }) => phase === 'landed').length;
