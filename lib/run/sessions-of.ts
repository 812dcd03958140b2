import { agentFailure } from '../engine/agent-failure.js';
import type { RunState } from '../engine/state.js';
import { isCancelled, ticketRun } from '../engine/tickets.js';
import type { AgentOutcome } from '../model/agent.js';
import type { RunEvent } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import { ticketOf, type AttemptAddress } from '../model/ids.js';
import type { Session } from '../model/session-schema.js';
import { foldNext } from './read-run.js';

/** A call of an agent as the journal of its run tells it. */
export interface ToldSession {
  readonly number: number;
  readonly attempt: AttemptAddress;
  readonly round: number;
  readonly agent: string;
  readonly credential?: string;
  readonly began: string;
  state: Session['state'];
  /** Absent: it runs. Of one that was cut off, the last record before that. */
  ended?: string;
  outcome?: AgentOutcome;
  failure?: Failure;
}

/** The sessions of a run, in their order. `isGoingOn`: a living process owns the run. */
export function sessionsOf(events: readonly RunEvent[], isGoingOn: boolean): ToldSession[] {
  const all: ToldSession[] = [];
  let state: RunState | undefined;
  let lastAt = '';
  const open = () => all.filter((one) => one.state === 'running');
  const isOf = (one: ToldSession, { attempt, round }: { attempt: string; round: number }) =>
    one.attempt === attempt && one.round === round;
  const cutOff = () => {
    for (const one of open()) {
      one.state = 'cut off';
      one.ended = lastAt;
    }
  };
  for (const event of events) {
    // Whoever resumes a run finds no agent of the process before alive.
    if (event.type === 'run.resumed') cutOff();
    state = foldNext(state, event);
    lastAt = event.at;
    if (state === undefined) continue;
    if (event.type === 'agent.called') {
      const credential = event.opens?.kind === 'agent.run' ? event.opens.credential : undefined;
      all.push({
        number: state.sessions,
        attempt: event.attempt,
        round: event.round,
        agent: ticketRun(state, ticketOf(event.attempt)).ticket.agent,
        ...(credential === undefined ? {} : { credential }),
        began: event.at,
        state: 'running',
      });
    } else if (event.type === 'agent.finished') {
      const one = all.findLast((called) => isOf(called, event));
      if (one) end(one, event.outcome, event.at, state);
    }
  }
  if (!isGoingOn) cutOff();
  return all;
}

function end(one: ToldSession, outcome: AgentOutcome, at: string, state: RunState) {
  const wasCutOff = one.state === 'cut off';
  one.outcome = outcome;
  if (outcome.end.kind === 'cancelled') {
    const isAsked = !wasCutOff && isCancelled(state, ticketOf(one.attempt));
    one.state = isAsked ? 'cancelled' : 'cut off';
    if (!wasCutOff) one.ended = at;
    return;
  }
  // It had ended before the process that ran it died: what it left behind says how.
  one.ended = wasCutOff ? new Date(Date.parse(one.began) + outcome.ms).toISOString() : at;
  const attempt = state.active.get(one.attempt);
  const failure = attempt && agentFailure(state, attempt);
  one.state = failure ? 'error' : 'completed';
  if (failure) one.failure = failure;
}
