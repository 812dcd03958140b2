import type { Plan } from '../../model/plan.js';
import { minutes } from '../../show/timeline-text.js';
import { parallelPotential } from '../../plan/parallel-potential.js';
import type { Validation } from '../../model/validation-schema.js';
import { notRun, ran, type CheckOutcome } from './outcome.js';
import type { World } from './world.js';

/** How much of the queue can be worked on side by side, and how many agents that is worth. */
export function describeParallel(plan: Plan): NonNullable<Validation['parallel']> {
  const { open, ready, percent, recommendedSlots } = parallelPotential(plan);
  const { runnable } = plan.counts;
  return {
    open,
    runnable,
    readyNow: ready,
    percent,
    recommendedSlots: runnable === 0 ? 0 : recommendedSlots,
    because: reason(plan, runnable),
    components: plan.components.map(({ name, tickets, waitsFor }) => ({
      name,
      tickets: tickets.length,
      waitsFor: [...waitsFor],
    })),
  };
}

/** `parallel`: what a parallel run would gain. */
export function examineParallel({ plan }: World): CheckOutcome {
  if (plan === undefined) return notRun('there is no plan without a usable index');
  const { open, readyNow, percent, recommendedSlots, because } = describeParallel(plan);
  if (open === 0) return ran('no ticket is open');
  const notes = plan.notes.map((message) => ({
    severity: 'information' as const,
    code: 'plan/note',
    message,
  }));
  const agents = recommendedSlots === 1 ? '1 agent' : `${recommendedSlots} agents`;
  return ran(
    `${readyNow} of ${open} open tickets can start at once (${percent} %); recommended: ${agents} (${because})`,
    notes,
  );
}

function reason({ forecast, recommendedSlots, schedule }: Plan, runnable: number): string {
  if (runnable === 0) return 'nothing can run';
  const estimate = (slots: number) =>
    forecast.find((each) => each.slots === slots && each.schedule === schedule)?.makespanMinutes;
  const alone = estimate(1);
  const recommended = estimate(recommendedSlots);
  if (alone === undefined || recommended === undefined || recommendedSlots === 1) {
    return 'more would not be faster';
  }
  return `about ${minutes(recommended)} instead of ${minutes(alone)}`;
}
