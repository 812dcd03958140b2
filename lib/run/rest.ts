import { setTimeout as passes } from 'node:timers/promises';
import type { Clock } from '../model/clock.js';
import type { Effect } from '../model/effect.js';

/** The wall clock may be set, and stands still for nobody: it is looked at so often. */
const LOOK_MS = 10_000;

/** Waiting until a key may be used again; when that was so before anybody asked, it is over at once. */
export function createCredentialRest(clock: Clock): Effect<'credential.rest'> {
  const wait: Effect<'credential.rest'>['perform'] = async (intent, cancel) => {
    await reached(clock, intent.until, cancel);
    const { agent, credential, key } = intent;
    return [{ type: 'credential.rested', agent, credential, closes: key }];
  };
  return { perform: wait, reconcile: wait };
}

/** Waiting until an attempt has waited long enough for a key. */
export function createCredentialWait(clock: Clock): Effect<'credential.wait'> {
  const wait: Effect<'credential.wait'>['perform'] = async ({ attempt, until, key }, cancel) => {
    await reached(clock, until, cancel);
    return [{ type: 'credential.waited', attempt, closes: key }];
  };
  return { perform: wait, reconcile: wait };
}

/** Settles at the instant, or when nobody waits for it any more. */
async function reached(clock: Clock, until: string, signal: AbortSignal): Promise<void> {
  const at = Date.parse(until);
  for (let left = at - clock.now(); left > 0 && !signal.aborted; left = at - clock.now())
    await passes(Math.min(left, LOOK_MS), undefined, { signal }).catch(() => undefined);
}
