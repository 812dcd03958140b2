import { simulate } from '../engine/simulate.js';
import type { QueueSettings, QueueTicket } from '../engine/queue.js';
import type { Dag } from '../graph/dag.js';
import type { Forecast, TimelineBar } from '../model/plan.js';

export interface Outlook {
  readonly forecast: readonly Forecast[];
  readonly timeline: readonly TimelineBar[];
  readonly recommendedSlots: number;
  /** Said when the forecast was cut short. */
  readonly note?: string;
}

/** Above this many tickets only a few numbers of slots are simulated, and only the chosen schedule. */
export const FULL_FORECAST_LIMIT = 20_000;

const MOST_SLOTS = 8;

/** How much longer than the best a recommended number of slots may take. */
const TOLERANCE = 1.05;

/**
 * Simulates 1 to 8 slots, rolling and in batches, with the estimates as durations; recommends the smallest number
 * within 5 % of the best of the chosen schedule. The timeline is that of the chosen number.
 */
export function forecast(
  tickets: readonly QueueTicket[],
  dag: Dag,
  settings: QueueSettings,
): Outlook {
  const durations = Float64Array.from(tickets, ({ estimateMinutes }) => estimateMinutes);
  const run = (slots: number, schedule: 'rolling' | 'batch') =>
    simulate(tickets, durations, { ...settings, slots, schedule }, dag);
  const isFull = tickets.length <= FULL_FORECAST_LIMIT;
  const counts = isFull ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 4, MOST_SLOTS];
  const schedules = isFull ? (['rolling', 'batch'] as const) : ([settings.schedule] as const);
  const points: Forecast[] = [];
  let timeline: readonly TimelineBar[] | undefined;
  for (const schedule of schedules) {
    for (const slots of counts) {
      const { makespanMinutes, utilisation, bars } = run(slots, schedule);
      points.push({ slots, schedule, makespanMinutes, utilisation });
      if (slots === settings.slots && schedule === settings.schedule) timeline = bars;
    }
  }
  timeline ??= run(settings.slots, settings.schedule).bars;
  const own = points.filter(({ schedule }) => schedule === settings.schedule);
  const best = Math.min(...own.map(({ makespanMinutes }) => makespanMinutes));
  const recommended = own.find(({ makespanMinutes }) => makespanMinutes <= best * TOLERANCE);
  return {
    forecast: points.map((point) => ({
      ...point,
      makespanMinutes: tenths(point.makespanMinutes),
      utilisation: Math.round(point.utilisation * 1000) / 1000,
    })),
    timeline: timeline.map((bar) => ({
      ...bar,
      startMinutes: tenths(bar.startMinutes),
      endMinutes: tenths(bar.endMinutes),
    })),
    recommendedSlots: recommended?.slots ?? 1,
    ...(isFull
      ? {}
      : {
          note: `${tickets.length} tickets: forecast only for ${counts.join(', ')} slots, ${settings.schedule}`,
        }),
  };
}

const tenths = (minutes: number) => Math.round(minutes * 10) / 10;
