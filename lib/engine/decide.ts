import type { EventDraft } from '../model/event.js';
import { decideAttempt } from './decide-attempt.js';
import { decideBudget } from './decide-budget.js';
import { decideCredentials } from './decide-credentials.js';
import { decideDispatch, decideLack } from './decide-dispatch.js';
import { decideBase, decideEnding } from './decide-ending.js';
import { decideLanding } from './decide-landing.js';
import {
  decideCancelled,
  decideProjection,
  decideSettling,
  decideTrouble,
} from './decide-tickets.js';
import { decideWithdrawal } from './decide-question.js';
import { decideRelief } from './slots.js';
import type { RunState } from './state.js';

/**
 * Names the next event, or nothing when everything waits for the outside. The loop applies it and asks again, so
 * each question below looks at a state in which the earlier answers are already true. `now` is epoch milliseconds:
 * for dates inside commits and for the slack that is left.
 */
export function decide(state: RunState, now: number): EventDraft | undefined {
  if (state.finished || state.suspended) return undefined;
  if (state.reopened) return decideLanding(state, now) ?? decideEnding(state, now);
  const base = decideBase(state);
  if (base !== 'go') return base;
  const landsFirst = state.options.schedule === 'rolling';
  return (
    decideTrouble(state) ??
    decideRelief(state) ??
    decideCredentials(state, now) ??
    decideBudget(state) ??
    decideWithdrawal(state) ??
    decideSettling(state) ??
    decideCancelled(state) ??
    decideProjection(state) ??
    decideAttempt(state, now) ??
    (landsFirst ? decideLanding(state, now) : undefined) ??
    decideDispatch(state, now) ??
    decideLanding(state, now) ??
    decideLack(state, now) ??
    decideEnding(state, now)
  );
}
