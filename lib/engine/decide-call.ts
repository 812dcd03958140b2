import type { EventDraft } from '../model/event.js';
import { firstAsk, type AgentAsk } from '../model/intent.js';
import { askForMoney, type Grant } from './budget.js';
import { endAttempt } from './end-attempt.js';
import { agentOf, freeKey, isUsable, keyLack, keyOf, outage } from './pools.js';
import type { AttemptRun, RunState } from './state.js';

/** The next call of an attempt, with the key that it holds, with another, or when there is one. */
export function call(
  state: RunState,
  attempt: AttemptRun,
  ask: AgentAsk,
  now: number,
): EventDraft | undefined {
  const agent = agentOf(state, attempt);
  const pool = state.pools.get(agent);
  if (!pool) return called(state, attempt, ask);
  const own = keyOf(state, attempt);
  const key = own && isUsable(own, now) ? own : freeKey(state, agent, now);
  if (key) return called(state, attempt, ask, key.id);
  if (attempt.wait && now < Date.parse(attempt.wait.until) && !mustGiveUp(state, agent))
    return undefined;
  if (attempt.wait || mustGiveUp(state, agent)) return endAttempt(attempt, 'waited');
  const until = new Date(now + pool.waitMs).toISOString();
  const { address, ticket } = attempt;
  return {
    type: 'credential.awaited',
    ticket,
    attempt: address,
    agent,
    ask,
    why: keyLack(state, agent, now),
    until,
    opens: {
      kind: 'credential.wait',
      key: `wait/${address}/${attempt.round}/${state.seq}`,
      agent,
      attempt: address,
      ticket,
      until,
    },
  };
}

/** A run that stops does not wait for keys, and none is to come of a pool that is out. */
const mustGiveUp = (state: RunState, agent: string) =>
  state.stop !== undefined || outage(state, agent) !== undefined;

/** What to ask after a call that met a limit: to go on with the same. */
export const goingOn = (ask: AgentAsk): AgentAsk => ({ kind: 'continue', asked: firstAsk(ask) });

const RESERVED: Grant = { kind: 'granted' };

function called(
  state: RunState,
  attempt: AttemptRun,
  ask: AgentAsk,
  credential?: string,
): EventDraft | undefined {
  const round = attempt.round + 1;
  const { model } = attempt;
  // For the first call it was done when the attempt started.
  const money = round === 1 ? RESERVED : askForMoney(state, agentOf(state, attempt), model?.name);
  if (money === 'wait') return undefined;
  if (money.kind === 'refused') return endAttempt(attempt, 'cancelled', money.failure);
  return {
    type: 'agent.called',
    attempt: attempt.address,
    round,
    session: state.sessions + 1,
    ...(money.reserved === undefined ? {} : { reserved: money.reserved }),
    opens: {
      kind: 'agent.run',
      key: `agent/${attempt.address}/${round}`,
      lane: attempt.lane,
      attempt: attempt.address,
      ticket: attempt.ticket,
      base: attempt.base,
      round,
      ask,
      ...(model ? { model: model.name } : {}),
      ...(attempt.outcome?.sessionId ? { sessionId: attempt.outcome.sessionId } : {}),
      ...(credential === undefined ? {} : { credential }),
    },
  };
}
