import { simulate } from '../engine/simulate.js';
import { queueBasis, type QueueTicket } from '../engine/queue-basis.js';
import type { QueueSettings } from '../engine/queue.js';
import type { Dag } from '../graph/dag.js';
import type { Forecast, TimelineBar } from '../model/plan.js';

export interface Outlook {
  readonly forecast: readonly Forecast[];
  readonly timeline: readonly TimelineBar[];
  readonly recommendedSlots: number;
  /** Said when the forecast was cut short. */
  readonly note?: string;
}

/** Above this many tickets only the chosen number of slots is simulated; the others get their lower bounds. */
export const SIMULATION_LIMIT = 5_000;

const MOST_SLOTS = 8;

/** How much longer than the best a recommended number of slots may take. */
const TOLERANCE = 1.05;

/**
 * What 1 to 8 slots would take, rolling and in batches, with the estimates as durations; recommends the smallest number
 * within 5 % of the best of the chosen schedule. The timeline is that of the chosen number.
 */
export function forecast(
  tickets: readonly QueueTicket[],
  dag: Dag,
  settings: QueueSettings,
): Outlook {
  const durations = Float64Array.from(tickets, ({ estimateMinutes }) => estimateMinutes);
  const work = durations.reduce((sum, minutes) => sum + minutes, 0);
  const basis = queueBasis(tickets, dag);
  const run = (slots: number, schedule: 'rolling' | 'batch') =>
    simulate(tickets, durations, { ...settings, slots, schedule }, basis);
  const chosen = run(settings.slots, settings.schedule);
  const isSimulated = tickets.length <= SIMULATION_LIMIT;
  const bound = isSimulated ? undefined : lowerBounds(tickets, work);
  const makespan = (slots: number, schedule: 'rolling' | 'batch') => {
    if (slots === 1) return work;
    if (slots === settings.slots && schedule === settings.schedule) return chosen.makespanMinutes;
    return bound?.(slots, schedule) ?? run(slots, schedule).makespanMinutes;
  };
  const points = (['rolling', 'batch'] as const).flatMap((schedule) =>
    Array.from({ length: MOST_SLOTS }, (_, index) => {
      const slots = index + 1;
      return { slots, schedule, makespanMinutes: makespan(slots, schedule) };
    }),
  );
  const own = points.filter(({ schedule }) => schedule === settings.schedule);
  const best = Math.min(...own.map(({ makespanMinutes }) => makespanMinutes));
  const recommended = own.find(({ makespanMinutes }) => makespanMinutes <= best * TOLERANCE);
  return {
    forecast: points.map(({ slots, schedule, makespanMinutes }) => ({
      slots,
      schedule,
      makespanMinutes: tenths(makespanMinutes),
      utilisation: work === 0 ? 0 : Math.round((work / (slots * makespanMinutes)) * 1000) / 1000,
    })),
    timeline: chosen.bars.map(({ ticket, slot, startMinutes, endMinutes }) => ({
      ticket,
      slot,
      startMinutes: tenths(startMinutes),
      endMinutes: tenths(endMinutes),
    })),
    recommendedSlots: recommended?.slots ?? 1,
    ...(isSimulated
      ? {}
      : {
          note: `${tickets.length} tickets are many: only ${settings.slots} slots were simulated, the other forecasts are lower bounds`,
        }),
  };
}

/** No schedule is shorter than its longest path, or than its work divided by the slots; in batches each for itself. */
function lowerBounds(tickets: readonly QueueTicket[], work: number) {
  const batches = new Map<number, { work: number; longest: number }>();
  let path = 0;
  for (const { batch, estimateMinutes, tailMinutes } of tickets) {
    path = Math.max(path, tailMinutes);
    const own = batches.get(batch) ?? { work: 0, longest: 0 };
    own.work += estimateMinutes;
    own.longest = Math.max(own.longest, estimateMinutes);
    batches.set(batch, own);
  }
  return (slots: number, schedule: 'rolling' | 'batch') =>
    schedule === 'rolling'
      ? Math.max(path, work / slots)
      : [...batches.values()].reduce(
          (sum, own) => sum + Math.max(own.longest, own.work / slots),
          0,
        );
}

const tenths = (minutes: number) => Math.round(minutes * 10) / 10;
