import type { AgentOutcome } from '../model/agent.js';
import type { EventDraft } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { RunOptions } from '../model/run.js';
import type { RunState, SlotHistory } from './state.js';
import { isThrottle } from './agent-failure.js';
import { between } from './tickets.js';

/** Rate limits within this time belong together, and no slot that they took comes back before it is over. */
const WINDOW_MS = 10 * 60_000;
/** So many within the window take a slot away; with one slot left, one more in a row stops the run. */
const REPEATED = 2;
/** So many agents must end cleanly before a slot comes back, twice as many for each that came back before. */
const CLEAN_ENDS = 4;

export const freshHistory = (): SlotHistory => ({ clean: 0, givenBack: 0, rateLimits: [] });

/** What the run was started with. */
export const allSlots = ({ options }: { readonly options: Pick<RunOptions, 'slots'> }) =>
  Math.max(1, options.slots);

/** Counts how agents end; rate limits that repeat are trouble. */
export function noteAgentEnd(state: RunState, outcome: AgentOutcome, at: string): void {
  const history = state.slotHistory;
  if (outcome.end.kind === 'cancelled') return;
  if (outcome.end.kind === 'not-started') {
    history.clean = 0;
    return;
  }
  if (!outcome.failure || !isThrottle(outcome.failure)) {
    history.clean += 1;
    state.cooling.clear();
    // With one slot nobody else uses the limit up: only those in a row say that it is used up.
    if (state.slots === 1) history.rateLimits = [];
    return;
  }
  history.clean = 0;
  history.rateLimits = [
    ...history.rateLimits.filter((before) => between(before, at) <= WINDOW_MS),
    at,
  ];
  const count = history.rateLimits.length;
  if (count < (state.slots > 1 ? REPEATED : REPEATED + 1)) return;
  history.rateLimits = [];
  state.trouble = repeated(outcome.failure, count, state.slots === 1);
}

const repeated = ({ code, message, hint }: Failure, count: number, isInRow: boolean): Failure => ({
  code,
  message: `${count} agents ${isInRow ? 'in a row' : 'within 10 minutes'} ${code === 'agent/unreachable' ? 'could not reach their API' : 'met a rate limit'}, the last: ${message}`,
  ...(hint ? { hint } : {}),
  retryable: true,
});

export function noteTaken(state: RunState, slots: number, failure: Failure, at: string): void {
  state.slots = slots;
  state.slotHistory.clean = 0;
  state.slotHistory.taken = { at, isRateLimit: isThrottle(failure) };
}

export function noteGiven(state: RunState, slots: number): void {
  state.slots = slots;
  state.slotHistory.clean = 0;
  state.slotHistory.givenBack += 1;
}

/**
 * Gives one slot back once enough agents in a row ended well; after a rate limit not before its window is over. A fault
 * that comes again takes it away again, and the way back is twice as long.
 */
export function decideRelief(state: RunState): EventDraft | undefined {
  const { clean, taken, givenBack } = state.slotHistory;
  if (state.stop || state.slots >= allSlots(state)) return undefined;
  if (clean < CLEAN_ENDS * 2 ** givenBack) return undefined;
  if (taken?.isRateLimit && between(taken.at, state.lastAt) < WINDOW_MS) return undefined;
  return {
    type: 'run.relieved',
    slots: state.slots + 1,
    why: `${clean} agents in a row ended without such a fault`,
  };
}
