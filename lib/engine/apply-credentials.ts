import type { AgentOutcome } from '../model/agent.js';
import type { EventOf, RunEvent } from '../model/event.js';
import { isOfKey, isSpending, isThrottle } from './agent-failure.js';
import type { KeyRun } from './pool-state.js';
import { agentOf, keyNamed, keyOf, recentCalls } from './pools.js';
import type { AttemptRun, RunState } from './state.js';
import { between } from './tickets.js';

/** Events about keys. */
export type CredentialEvent = Extract<RunEvent, { readonly type: `credential.${string}` }>;

export function applyToCredentials(state: RunState, event: CredentialEvent): void {
  switch (event.type) {
    case 'credential.cooled': {
      const key = keyNamed(state, event.agent, event.credential);
      if (key) cool(key, event);
      return;
    }
    case 'credential.spent': {
      const key = keyNamed(state, event.agent, event.credential);
      if (!key) return;
      key.spent = event.failure;
      delete key.met;
      return;
    }
    case 'credential.awaited': {
      const attempt = state.active.get(event.attempt);
      if (!attempt) return;
      attempt.step = 'awaiting';
      attempt.nextAsk = event.ask;
      attempt.wait = { since: event.at, until: event.until, why: event.why };
      delete attempt.credential;
      return;
    }
    case 'credential.lacked':
      endLack(state, event.at);
      state.lacking = { agent: event.agent, why: event.why, since: event.at };
      return;
    case 'credential.sufficed':
      endLack(state, event.at);
      return;
    case 'credential.rested':
    case 'credential.waited':
      // That the time has come, which the clock tells as well: they only wake the run.
      return;
  }
}

function cool(key: KeyRun, { until, failure, at }: EventOf<'credential.cooled'> & { at: string }) {
  // Those who held it at once met one limit, not several.
  if (key.met && (key.until ?? 0) <= Date.parse(at)) key.strikes += 1;
  key.until = Date.parse(until);
  if (failure) key.failure = failure;
  else delete key.failure;
  delete key.met;
}

function endLack(state: RunState, at: string): void {
  state.keyWaitMs += between(state.lacking?.since, at);
  delete state.lacking;
}

/** An attempt is to be called, with the key that it holds then. */
export function noteCall(state: RunState, attempt: AttemptRun, event: RunEvent): void {
  endWait(state, attempt, event.at);
  if (event.opens?.kind !== 'agent.run' || event.opens.credential === undefined) return;
  lease(state, attempt, event.opens.credential, event.seq);
  const key = keyOf(state, attempt);
  const now = Date.parse(event.at);
  if (key) key.calls = [...recentCalls(key, now), now];
}

export function lease(state: RunState, attempt: AttemptRun, credential: string, seq: number): void {
  attempt.credential = credential;
  const key = keyOf(state, attempt);
  if (key) key.usedAt = seq;
}

/** Time in its lane without a key. */
export function endWait(state: RunState, attempt: AttemptRun, at: string): void {
  state.keyWaitMs += between(attempt.wait?.since, at);
  delete attempt.wait;
}

/** How a call ended says what its key is worth, or, without a pool, the account of its agent. */
export function noteKey(state: RunState, attempt: AttemptRun, outcome: AgentOutcome): void {
  const { failure, end, limitedUntil } = outcome;
  const key = keyOf(state, attempt);
  if (!key) {
    const agent = agentOf(state, attempt);
    if (failure && isSpending(failure) && !state.pools.has(agent)) state.out.set(agent, failure);
    return;
  }
  if (failure && isOfKey(failure)) {
    key.met = { failure, ...(limitedUntil === undefined ? {} : { until: limitedUntil }) };
    delete attempt.credential;
  } else if (end.kind === 'exited' && !(failure && isThrottle(failure))) key.strikes = 0;
}
