import type { Failure } from '../model/failure.js';
import type { KeyLack } from '../model/credential-facts.js';
import type { KeyRun } from './pool-state.js';
import type { AttemptRun, RunState } from './state.js';
import { ticketRun } from './tickets.js';

const MINUTE_MS = 60_000;

export const agentOf = (state: RunState, { ticket }: Pick<AttemptRun, 'ticket'>): string =>
  ticketRun(state, ticket).ticket.agent;

/** The key that is leased to an attempt. */
export const keyOf = (state: RunState, attempt: AttemptRun): KeyRun | undefined =>
  state.pools.get(agentOf(state, attempt))?.keys.find(({ id }) => id === attempt.credential);

export const keyNamed = (state: RunState, agent: string, id: string): KeyRun | undefined =>
  state.pools.get(agent)?.keys.find((key) => key.id === id);

const holders = (state: RunState, { agent, id }: KeyRun): readonly AttemptRun[] =>
  [...state.active.values()].filter(
    (attempt) => attempt.credential === id && agentOf(state, attempt) === agent,
  );

/** Instants of its calls within the last minute, oldest first. */
export const recentCalls = ({ calls }: KeyRun, now: number): readonly number[] =>
  calls.filter((at) => at > now - MINUTE_MS);

/** Whether its calls of a minute are used up; `more` calls are about to be made. */
const isPaced = (key: KeyRun, now: number, more = 0) =>
  key.perMinute !== undefined && recentCalls(key, now).length + more >= key.perMinute;

/** Whether whoever holds it may call with it. */
export const isUsable = (key: KeyRun, now: number): boolean =>
  !key.spent && (key.until ?? 0) <= now && !isPaced(key, now);

/** When a key can be used again that time alone keeps from being used. */
export function wakesAt(key: KeyRun, now: number): number | undefined {
  if (key.spent) return undefined;
  if ((key.until ?? 0) > now) return key.until;
  return isPaced(key, now) ? (recentCalls(key, now)[0] ?? now) + MINUTE_MS : undefined;
}

function isFree(state: RunState, key: KeyRun, now: number): boolean {
  if (!isUsable(key, now)) return false;
  const held = holders(state, key);
  const about = held.filter(({ round }) => round === 0).length;
  return held.length < key.maxConcurrent && !isPaced(key, now, about);
}

/** The free key of an agent that was used longest ago. */
export const freeKey = (state: RunState, agent: string, now: number): KeyRun | undefined =>
  state.pools
    .get(agent)
    ?.keys.filter((key) => isFree(state, key, now))
    .reduce<KeyRun | undefined>(
      (best, key) => (best && best.usedAt <= key.usedAt ? best : key),
      undefined,
    );

/** Agents at once that slots and keys allow now: a key that rests or is spent allows none. */
export function effectiveSlots(state: RunState, now: number): number {
  if (![...state.agents].every((agent) => state.pools.has(agent))) return state.slots;
  const granted = [...state.pools.values()]
    .filter(({ agent }) => state.agents.has(agent))
    .flatMap(({ keys }) => keys)
    .filter((key) => !key.spent && (key.until ?? 0) <= now)
    .reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0);
  return Math.min(state.slots, granted);
}

/** What one key does now; `until`: ISO 8601. */
interface KeyStanding {
  readonly agent: string;
  readonly credential: string;
  readonly state: 'free' | 'in-use' | 'rests' | 'out';
  readonly until?: string;
}

/** Every key and what it does now. */
export const keyStandings = (state: RunState, now: number): readonly KeyStanding[] =>
  [...state.pools.values()].flatMap(({ keys }) =>
    keys.map((key) => {
      const head = { agent: key.agent, credential: key.id };
      if (key.spent) return { ...head, state: 'out' };
      const at = wakesAt(key, now);
      if (at !== undefined) return { ...head, state: 'rests', until: new Date(at).toISOString() };
      return { ...head, state: isFree(state, key, now) ? 'free' : 'in-use' };
    }),
  );

/** What keeps each key of an agent, for people. Exhausted: every one that could be used is in use. */
export function keyLack(state: RunState, agent: string, now: number): KeyLack {
  const keys = (state.pools.get(agent)?.keys ?? []).map((key) => {
    if (key.spent) return { isInUse: false, text: `${key.id} is out (${key.spent.code})` };
    const at = wakesAt(key, now);
    if (at === undefined) return { isInUse: true, text: `${key.id} is in use` };
    const why = (key.until ?? 0) > now ? (key.failure?.code ?? 'its rate') : 'its rate';
    const time = new Date(at).toISOString().slice(11, 19);
    return { isInUse: false, text: `${key.id} rests until ${time} UTC (${why})` };
  });
  const isExhausted = keys.some(({ isInUse }) => isInUse);
  return { kind: isExhausted ? 'exhausted' : 'limited', keys: keys.map(({ text }) => text) };
}

/** Why no ticket of an agent can be worked on any more in this run. */
export function outage(state: RunState, agent: string): Failure | undefined {
  const pool = state.pools.get(agent);
  if (!pool) return state.out.get(agent);
  if (pool.keys.some(({ spent }) => !spent)) return undefined;
  const keys = pool.keys.map(({ id, spent }) => `${id} (${spent?.message ?? ''})`);
  return {
    code: 'agent/no-key',
    message:
      keys.length === 0
        ? `the pool of ${agent} has no key`
        : `no key of ${agent} can be used: ${keys.join(', ')}`,
    hint: 'Look at the accounts, or give other keys under `credentials:`, and start again.',
  };
}
