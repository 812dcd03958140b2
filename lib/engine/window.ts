import type { ChecksRun } from '../model/intent.js';
import { colourOf, entryOf } from './chain.js';
import type { LandingEntry } from './landing-state.js';
import { isMarked } from './section.js';
import type { RunState } from './state.js';

/**
 * Whether an entry is to be verified now. `land.verify: each`: the first `width` entries without a verdict are, up to
 * the first red one: what stands on that will be built again, whoever is at fault.
 */
export function wantsChecks(state: RunState, entry: LandingEntry): boolean {
  if (state.cancelling.has(entry.ticket)) return false;
  if (state.options.landVerify === 'tips') return isMarked(state, entry);
  let room = state.landing.width;
  for (const one of state.landing.chain) {
    if (one.step === 'moving' || colourOf(one) === 'green') continue;
    if (one.step !== 'built' || colourOf(one) === 'red' || room === 0) return false;
    if (one === entry) return true;
    room -= 1;
  }
  return false;
}

/**
 * Whether somebody still waits for this verdict. Checks are given up when their entry left the chain, is cancelled,
 * built again or stands on a red one; a window that became narrower lets those go on that were begun.
 */
export function wantsVerdict(state: RunState, intent: ChecksRun): boolean {
  if (intent.purpose !== 'landing' || !intent.ticket) return true;
  if (state.cancelling.has(intent.ticket)) return false;
  const entry = entryOf(state, intent.ticket);
  if (entry?.step !== 'built' || entry.check?.key !== intent.key) return false;
  if (state.options.landVerify === 'tips') return isMarked(state, entry);
  const { chain } = state.landing;
  return !chain.slice(0, chain.indexOf(entry)).some((one) => colourOf(one) === 'red');
}
