import type { SlotChoice } from '../model/plan.js';

/** Most agents at once that `--parallel=N` gives; `auto` stops at {@link AUTO_LIMIT}. */
export const SLOT_LIMIT = 10;
export const AUTO_LIMIT = 8;

/**
 * How many agents work at once. `auto`: half the CPUs, 1 to 8. A number is taken as it is up to 10; 0 means
 * sequential, which is one slot. Never more than there are tickets to run, and never less than one.
 */
export function chooseSlots(
  requested: number | 'auto' | 'sequential',
  cpus: number,
  runnable: number,
): SlotChoice {
  const because: string[] = [];
  let slots = 1;
  if (requested === 'sequential' || requested === 0) because.push('sequential');
  else if (requested === 'auto') {
    slots = Math.min(AUTO_LIMIT, Math.max(1, Math.floor(cpus / 2)));
    because.push(`${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'} / 2`);
    if (Math.floor(cpus / 2) > AUTO_LIMIT) because.push(`capped at ${AUTO_LIMIT}`);
    if (cpus < 2) because.push('at least 1');
  } else {
    slots = Math.min(SLOT_LIMIT, requested);
    because.push(`--parallel=${requested}`);
    if (requested > SLOT_LIMIT) because.push(`capped at ${SLOT_LIMIT}`);
  }
  if (runnable > 0 && slots > runnable) {
    slots = runnable;
    because.push(runnable === 1 ? 'only 1 ticket can run' : `only ${runnable} tickets can run`);
  }
  return { slots, requested, because };
}

/** Most verifications at once that are chosen without being asked for. */
const CHECK_LIMIT = 4;

/** How many checks run at once unless `land.slots` says it: half the CPUs, 1 to 4; the other half are the agents'. */
export const chooseCheckSlots = (cpus: number) =>
  Math.max(1, Math.min(CHECK_LIMIT, Math.floor(cpus / 2)));
