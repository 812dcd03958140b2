import { explainCallOf, type Backlog } from '../model/backlog.js';
import { Refusal, type Failure } from '../model/failure.js';
import type { TicketState } from '../model/ticket.js';
import type { Plan } from '../model/plan.js';
import { blockedChains } from '../plan/blocked-chains.js';
import type { Survey } from './survey.js';

/**
 * Why a run cannot begin with this plan: nothing can run (3) or something is missing (2). Returns for a plan that can
 * be run, and for one in which there is simply nothing left to do.
 */
export function refuseImpossible({ plan, undelivered, backlog }: Survey): void {
  if (
    plan.cycles.length > 0 &&
    plan.slots.requested !== 'sequential' &&
    plan.slots.requested !== 0
  ) {
    throw new Refusal(plan.cycles.map(cycleFailure), 3);
  }
  if (plan.counts.open > 0 && plan.counts.runnable === 0) {
    throw new Refusal([allBlocked(plan, undelivered, backlog)], 3);
  }
}

/** What a run of which the journal is gone has landed would be done, and paid for, a second time. */
export function lostFailures({ undelivered, index }: Survey): readonly Failure[] {
  const states = new Map(index.tickets.map(({ id, state }) => [id, state]));
  return undelivered
    .filter(({ isLost, tickets }) => isLost && tickets.some((id) => isOpen(states.get(id))))
    .map(({ run, branch, tickets }) => ({
      code: 'journal/lost',
      message: `run ${run} landed ${tickets.length} ticket(s) on ${branch}, its journal is lost or damaged, and the index does not say so`,
      hint: `put that right first: sage salvage ${run}`,
    }));
}

const isOpen = (state: TicketState | undefined) => state !== undefined && state !== 'COMPLETED';

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

function allBlocked(plan: Plan, undelivered: Survey['undelivered'], backlog: Backlog): Failure {
  const explain = explainCallOf(backlog, 'ID');
  const refused = new Set<string>(plan.refused.map(({ id }) => id));
  const reasons = [
    ...plan.refused.map(({ id, reason }) => `${id}: ${reason}`),
    ...blockedChains(plan)
      .filter(({ id }) => !refused.has(id))
      .map(({ id, by }) => `${id} waits for ${by.join(' ← ')}`),
  ];
  const more = reasons.length > 10 ? [`and ${reasons.length - 10} more`] : [];
  const waiting = undelivered.at(-1);
  return {
    code: 'plan/all-blocked',
    message: `no open ticket can start:\n  ${[...reasons.slice(0, 10), ...more].join('\n  ')}`,
    hint: waiting
      ? `what run ${waiting.run} landed is not in the base: \`sage deliver ${waiting.run}\` brings it there; \`${explain}\` shows a chain`
      : `\`${explain}\` shows the chain and what would unblock it`,
  };
}
