import { Refusal, type Failure } from '../model/failure.js';
import type { Plan } from '../model/plan.js';
import type { Survey } from './survey.js';

/**
 * Why a run cannot begin with this plan: nothing can run (3) or something is missing (2). Returns for a plan that can
 * be run, and for one in which there is simply nothing left to do.
 */
export function refuseImpossible({ plan }: Survey): void {
  if (
    plan.cycles.length > 0 &&
    plan.slots.requested !== 'sequential' &&
    plan.slots.requested !== 0
  ) {
    throw new Refusal(plan.cycles.map(cycleFailure), 3);
  }
  if (plan.counts.open > 0 && plan.counts.runnable === 0 && plan.refused.length > 0) {
    throw new Refusal([allBlocked(plan)], 3);
  }
}

/** Verification is not optional by omission (row D5). */
export function uncheckedFailures(
  { settings }: Survey,
  suggestion: string | undefined,
): readonly Failure[] {
  if (settings.config.verify !== undefined) return [];
  return [
    {
      code: 'checks/not-configured',
      message: 'no checks are configured, so unverified work would land',
      hint:
        suggestion === undefined
          ? 'name a command with `--verify "COMMAND"` or under verify: in .sage/config.yaml, or say `--verify none`'
          : `found here: ${suggestion}. Pass \`--verify "${suggestion}"\`, or write to .sage/config.yaml:\n    verify: [${suggestion}]\n  To land without checks: --verify none`,
    },
  ];
}

function cycleFailure(cycle: readonly string[]): Failure {
  return {
    code: 'plan/cycle',
    message: `these tickets wait for each other: ${[...cycle, cycle[0]].join(' → ')}`,
    hint: 'remove one of these dependencies; without --parallel the tickets outside the circle still run',
  };
}

function allBlocked(plan: Plan): Failure {
  const shown = plan.refused.slice(0, 10).map(({ id, reason }) => `${id}: ${reason}`);
  const more = plan.refused.length > 10 ? [`and ${plan.refused.length - 10} more`] : [];
  return {
    code: 'plan/all-blocked',
    message: `none of the ${plan.counts.open} open tickets can start:\n  ${[...shown, ...more].join('\n  ')}`,
    hint: '`sage stream --explain ID` shows the chain and what would unblock it',
  };
}
