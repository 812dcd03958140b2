import type { RunEvent } from '../model/event.js';
import { applyToAttempt } from './apply-attempt.js';
import { applyToBudget } from './apply-budget.js';
import { applyToCredentials } from './apply-credentials.js';
import { applyToLanding } from './apply-landing.js';
import { applyToQuestion } from './apply-question.js';
import { applyToIntake } from './intake.js';
import { applyToRun } from './apply-run.js';
import type { RunState } from './state.js';
import { between, skipGap } from './tickets.js';

/**
 * Folds one event into the state, in place. The only way a state ever changes; the same events give the same state.
 * It never decides: what a later version would decide differently is still folded alike.
 */
export function apply(state: RunState, event: RunEvent): void {
  if (event.type === 'run.resumed' && !state.reopened)
    skipGap(state, between(state.lastAt, event.at));
  state.seq = event.seq;
  state.lastAt = event.at;
  if (event.closes !== undefined) state.open.delete(event.closes);
  if (event.opens !== undefined) state.open.set(event.opens.key, event.opens);
  switch (event.type) {
    case 'attempt.started':
    case 'lane.prepared':
    case 'lane.failed':
    case 'agent.called':
    case 'agent.finished':
    case 'harvest.started':
    case 'work.harvested':
    case 'scripts.started':
    case 'scripts.finished':
    case 'attempt.finished':
      applyToAttempt(state, event);
      return;
    case 'landing.queued':
    case 'landing.started':
    case 'landing.prepared':
    case 'landing.set-aside':
    case 'landing.conflicted':
    case 'landing.emptied':
    case 'landing.section-picked':
    case 'landing.check-started':
    case 'landing.verified':
    case 'landing.check-cancelled':
    case 'landing.limited':
    case 'landing.moving':
    case 'landing.landed':
    case 'landing.bounced':
    case 'ticket.deferred':
    case 'ticket.released':
      applyToLanding(state, event);
      return;
    case 'question.asked':
    case 'question.answered':
    case 'question.withdrawn':
      applyToQuestion(state, event);
      return;
    case 'credential.cooled':
    case 'credential.rested':
    case 'credential.spent':
    case 'credential.awaited':
    case 'credential.waited':
    case 'credential.lacked':
    case 'credential.sufficed':
      applyToCredentials(state, event);
      return;
    case 'budget.warned':
    case 'budget.passed':
    case 'budget.raised':
    case 'budget.exceeded':
      applyToBudget(state, event);
      return;
    case 'target.asked':
    case 'target.seen':
    case 'intake.queued':
    case 'intake.contained':
    case 'intake.left':
      applyToIntake(state, event);
      return;
    default:
      applyToRun(state, event);
  }
}
