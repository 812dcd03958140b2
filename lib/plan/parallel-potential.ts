import type { Plan } from '../model/plan.js';

/** How much of the open work could start at once. */
export interface ParallelPotential {
  /** Open tickets that wait for nothing; dependencies that are done do not count against them. */
  readonly ready: number;
  readonly open: number;
  /** Whole percent; 0 when nothing is open. */
  readonly percent: number;
  /** 3 from 50 %, 2 from 25 %, else 1: what `/validate` has always advised. */
  readonly workers: 1 | 2 | 3;
  /** What the forecast of the plan advises, which knows sizes and chains. */
  readonly recommendedSlots: number;
}

/** The parallel potential of a plan's open tickets. */
export function parallelPotential(plan: Plan): ParallelPotential {
  const open = plan.tickets.length;
  const ready = plan.tickets.filter(
    ({ dependsOn, blockedBy }) => dependsOn.length === 0 && blockedBy.length === 0,
  ).length;
  const percent = open === 0 ? 0 : Math.floor((100 * ready) / open);
  const workers = percent >= 50 ? 3 : percent >= 25 ? 2 : 1;
  return { ready, open, percent, workers, recommendedSlots: plan.recommendedSlots };
}
