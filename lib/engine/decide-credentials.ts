import type { EventDraft } from '../model/event.js';
import { isSpending } from './agent-failure.js';
import { isStartable } from './decide-dispatch.js';
import type { KeyRun } from './pool-state.js';
import { outage, wakesAt } from './pools.js';
import type { RunState } from './state.js';

/** Rest of a key whose API does not say until when: doubled each time, up to a limit. */
const REST_MS = 60_000;
const LONGEST_REST_MS = 30 * 60_000;
/** Limits in a row after which a key is out: what was called a limit will not pass in this run. */
const STRIKES = 8;

/** What becomes of keys whose calls met a limit, and of agents that have none left. */
export function decideCredentials(state: RunState, now: number): EventDraft | undefined {
  if (state.ending !== 'no') return undefined;
  for (const { keys } of state.pools.values()) {
    for (const key of keys) {
      const next = answer(state, key, now) ?? rest(state, key, now);
      if (next) return next;
    }
  }
  return decideOutage(state);
}

function answer(state: RunState, key: KeyRun, now: number): EventDraft | undefined {
  const { agent, id: credential, met, strikes } = key;
  if (!met || key.spent) return undefined;
  const { failure } = met;
  if (isSpending(failure) || strikes + 1 >= STRIKES)
    return { type: 'credential.spent', agent, credential, failure };
  return cooled(state, key, restUntil(key, now), failure);
}

/** As the API told; otherwise as long as it rests already, since whoever held it too met the same limit. */
function restUntil({ met, until = 0, strikes }: KeyRun, now: number): number {
  const told = met?.until === undefined ? NaN : Date.parse(met.until);
  if (told > now) return Math.max(told, until);
  return until > now ? until : now + Math.min(LONGEST_REST_MS, REST_MS * 2 ** strikes);
}

/** Somebody must say when the time of a key is over; also one that was said too early, or never, by a run that ended. */
function rest(state: RunState, key: KeyRun, now: number): EventDraft | undefined {
  const at = wakesAt(key, now);
  if (at === undefined || isResting(state, key) || !areKeysWanted(state)) return undefined;
  return cooled(state, key, at, (key.until ?? 0) > now ? key.failure : undefined);
}

function cooled(state: RunState, key: KeyRun, at: number, failure: KeyRun['failure']): EventDraft {
  const { agent, id: credential } = key;
  const until = new Date(at).toISOString();
  const opens = {
    kind: 'credential.rest',
    key: `rest/${agent}/${credential}/${state.seq}`,
    agent,
    credential,
    until,
  } as const;
  return {
    type: 'credential.cooled',
    agent,
    credential,
    until,
    ...(failure ? { failure } : {}),
    ...(isResting(state, key) ? {} : { opens }),
  };
}

const isResting = (state: RunState, { agent, id }: KeyRun) =>
  [...state.open.values()].some(
    (intent) =>
      intent.kind === 'credential.rest' && intent.agent === agent && intent.credential === id,
  );

/** Whether a key could still be of use: not when the run stops, nor when nothing is left to do with it. */
export const areKeysWanted = (state: RunState): boolean =>
  state.stop === undefined &&
  state.ending === 'no' &&
  (state.active.size > 0 ||
    state.landing.chain.length > 0 ||
    state.landing.queue.length > 0 ||
    isStartable(state, Date.parse(state.lastAt)));

/**
 * The run drains when all that waits is of agents that cannot be called any more. Tickets of other agents go on until
 * then; `atEnd`: nothing else can be started.
 */
export function decideOutage(state: RunState, atEnd = false): EventDraft | undefined {
  if (state.stop || (state.out.size === 0 && state.pools.size === 0)) return undefined;
  let failure;
  for (const { phase, ticket } of state.tickets.values()) {
    if (phase !== 'waiting') continue;
    const found = outage(state, ticket.agent);
    if (!found && !atEnd) return undefined;
    failure ??= found;
  }
  return failure && { type: 'run.stop-requested', mode: 'drain', by: 'credentials', failure };
}
