import { colourOf, endOf, isCut } from './chain.js';
import type { LandingEntry, LandingWait } from './landing-state.js';
import type { RunState } from './state.js';
import { mayLand } from './approval.js';
import { isCancelled } from './tickets.js';

/** How many entries land by the next move; 0: none may yet. `unasked`: as if nobody had to be asked. */
export function landableLength(state: RunState, unasked = false): number {
  const { landing, options } = state;
  const { chain } = landing;
  const firstDropped = chain.findIndex((entry) => isDropped(state, entry));
  const end = firstDropped < 0 ? chain.length : firstDropped;
  const isGood = (entry: LandingEntry, at: number) =>
    at < end &&
    (!options.hasChecks || colourOf(entry) === 'green') &&
    (unasked || mayLand(state, entry)) &&
    isCurrentUpTo(state, at + 1);
  if (options.landVerify === 'tips' && options.hasChecks) {
    return chain.findLastIndex((entry, at) => isGood(entry, at) && isCut(state, at + 1)) + 1;
  }
  const length = chain.findIndex((_, at) => isCut(state, at + 1)) + 1;
  return chain.slice(0, length).every(isGood) ? length : 0;
}

/** Whether the first `length` entries stand on each other as they should. */
export const isCurrentUpTo = (state: RunState, length: number) =>
  state.landing.chain
    .slice(0, length)
    .every(
      ({ step, onto }, at) => step === 'moving' || (step === 'built' && onto === endOf(state, at)),
    );

/** Whether nobody wants it any more. */
export const isDropped = (state: RunState, { ticket, intake }: LandingEntry | LandingWait) =>
  intake ? state.stop?.mode === 'cancel' : isCancelled(state, ticket);
