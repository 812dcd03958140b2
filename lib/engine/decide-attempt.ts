import type { EventDraft } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import { agentFailure, isOfKey, isSpending, isThrottle } from './agent-failure.js';
import { call, goingOn } from './decide-call.js';
import { endAttempt } from './end-attempt.js';
import { agentOf } from './pools.js';
import { ownWords } from './reports.js';
import { someFiles } from './some-files.js';
import type { AttemptRun, RunState } from './state.js';
import { judgeScripts } from './ticket-flow.js';
import { isCancelled, logHint, ticketRun } from './tickets.js';

/** The next step of an attempt that waits for one; see apply-attempt for the steps. */
export function decideAttempt(state: RunState, now: number): EventDraft | undefined {
  for (const attempt of state.active.values()) {
    const next = step(state, attempt, now);
    if (next) return next;
  }
  return undefined;
}

function step(state: RunState, attempt: AttemptRun, now: number): EventDraft | undefined {
  const isGivenBack = isCancelled(state, attempt.ticket);
  switch (attempt.step) {
    case 'prepared':
      return isGivenBack
        ? endAttempt(attempt, 'cancelled')
        : call(state, attempt, attempt.ask, now);
    case 'awaiting':
      return isGivenBack
        ? endAttempt(attempt, 'cancelled')
        : call(state, attempt, attempt.nextAsk, now);
    case 'unprepared':
      return isGivenBack
        ? endAttempt(attempt, 'cancelled')
        : endAttempt(attempt, 'not-begun', attempt.failure ?? undefined);
    case 'worked':
      return harvest(attempt);
    case 'harvested':
      return judgeHarvest(state, attempt, isGivenBack, now);
    case 'proved':
      if (isGivenBack) return endAttempt(attempt, 'cancelled');
      return attempt.failure
        ? endAttempt(attempt, 'interrupted', attempt.failure)
        : judgeProof(state, attempt, now);
    default:
      return undefined;
  }
}

function harvest(attempt: AttemptRun): EventDraft {
  return {
    type: 'harvest.started',
    attempt: attempt.address,
    opens: {
      kind: 'work.harvest',
      key: `harvest/${attempt.address}/${attempt.round}`,
      lane: attempt.lane,
      attempt: attempt.address,
      ticket: attempt.ticket,
      base: attempt.base,
    },
  };
}

/** What the agent says proves nothing: first how it ended, then what git found, then its own scripts. */
function judgeHarvest(
  state: RunState,
  attempt: AttemptRun,
  isGivenBack: boolean,
  now: number,
): EventDraft | undefined {
  if (isGivenBack) return endAttempt(attempt, 'cancelled');
  if (attempt.overspent) return endAttempt(attempt, 'cancelled', attempt.overspent);
  // Nobody cancels now, so it was cut off together with the process that ran the run before: its work is in the lane.
  if (attempt.outcome?.end.kind === 'cancelled') {
    if (attempt.failure) return endAttempt(attempt, 'interrupted');
    const { nextAsk, round } = attempt;
    return call(state, attempt, round > 1 ? nextAsk : goingOn(nextAsk), now);
  }
  // The machine or the set-up is at fault: the next ticket would fare no better.
  if (attempt.outcome?.end.kind === 'not-started') {
    return endAttempt(attempt, 'interrupted', agentFailure(state, attempt));
  }
  const told = agentFailure(state, attempt);
  // Nobody can say what the work is worth: it lies in its lane, and the ticket is not to blame.
  const outside = [told, attempt.failure].find((fault) => fault && isOutside(fault));
  if (outside) return endAttempt(attempt, 'interrupted', outside);
  if (told && isOfKey(told) && state.pools.has(agentOf(state, attempt)))
    return call(state, attempt, goingOn(attempt.nextAsk), now);
  // All of its agent's tickets would fare like that.
  if (told && isSpending(told)) return endAttempt(attempt, 'interrupted', told);
  if (told && isTriedAgain(state, attempt, told)) return endAttempt(attempt, 'throttled', told);
  const failure = told ?? attempt.failure;
  if (failure) return endAttempt(attempt, 'failed', unresolved(attempt, failure));
  const work = attempt.harvest?.work;
  if (!work) return endAttempt(attempt, 'failed', unresolved(attempt, noWork(state, attempt)));
  const { scripts } = ticketRun(state, attempt.ticket).ticket;
  if (scripts.length === 0) return endAttempt(attempt, 'worked');
  return {
    type: 'scripts.started',
    attempt: attempt.address,
    opens: {
      kind: 'scripts.run',
      key: `scripts/${attempt.address}/${attempt.round}`,
      lane: attempt.lane,
      attempt: attempt.address,
      ticket: attempt.ticket,
      work,
      scripts,
    },
  };
}

/** `retry.on: [rate_limit]`. A run that stops gives the ticket back instead, when it ends. */
const isTriedAgain = (state: RunState, { ticket }: AttemptRun, failure: Failure) =>
  isThrottle(failure) && ticketRun(state, ticket).throttled < (state.options.rateLimitRetries ?? 0);

const isOutside = ({ code }: Failure) => code === 'lane/not-harvested' || code.startsWith('disk/');

function judgeProof(state: RunState, attempt: AttemptRun, now: number): EventDraft | undefined {
  const { ticket, note } = ticketRun(state, attempt.ticket);
  const verdict = judgeScripts(ticket.scripts, attempt, (log) => logHint(state, log));
  if (verdict.kind === 'passed') return endAttempt(attempt, 'worked');
  if (verdict.kind === 'failed') return endAttempt(attempt, 'failed', verdict.failure);
  return call(state, attempt, note === undefined ? verdict.ask : { ...verdict.ask, note }, now);
}

function noWork(state: RunState, attempt: AttemptRun): Failure {
  const { outcome } = attempt;
  const dropped = attempt.harvest?.droppedTicketEdits.length ?? 0;
  const more = {
    ...(outcome ? { hint: logHint(state, outcome.log) } : {}),
    ...(outcome?.lastMessage ? { evidence: outcome.lastMessage } : {}),
  };
  const words = ownWords(attempt);
  if (words !== undefined)
    return { code: 'agent/no-work', message: `the agent changed nothing: it ${words}`, ...more };
  if (outcome?.waitedFor !== undefined) {
    return {
      code: 'agent/permission-needed',
      message: `the agent changed nothing: it ${outcome.waitedFor}`,
      ...more,
    };
  }
  return {
    code: 'agent/no-work',
    message:
      dropped > 0
        ? 'the agent changed nothing but tickets, which never land'
        : 'the agent ended without changing anything',
    ...more,
  };
}

/** Called because of a conflict, it is the conflict that keeps the ticket from landing; the rest is its cause. */
function unresolved({ ask }: AttemptRun, failure: Failure): Failure {
  if (ask.kind !== 'conflict') return failure;
  return {
    code: 'land/conflict',
    message: `conflicts in ${someFiles(ask.files)} with what landed meanwhile; asked again on the new base, ${failure.message}`,
    ...(failure.hint ? { hint: failure.hint } : {}),
    cause: failure,
  };
}
