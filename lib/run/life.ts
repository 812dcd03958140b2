import type { RunEvent } from '../model/event.js';
import type { RunId } from '../model/ids.js';
import type { RunProcess } from '../process/process-spec.js';
import { sweepMarker } from '../process/sweep.js';

/**
 * The first part of the marker of all programs that one process of a run starts. A resumed run has another than the
 * process that died: its warden may still be ending programs by its own, and must not meet the new ones.
 */
export type Life = string;

/** The lives of a run so far: one for its start and one for each time it went on. */
export const livesOf = (run: RunId, events: readonly RunEvent[]): readonly Life[] => [
  run,
  ...events
    .filter(({ type }) => type === 'run.resumed' || type === 'run.reopened')
    .map((_, index) => `${run}~${index + 2}`),
];

/** The lives that the text of a journal tells, however damaged: one too many does no harm. */
export const livesIn = (run: RunId, journal: string): readonly Life[] => [
  run,
  ...(journal.match(/"type":"run\.(resumed|reopened)"/g) ?? []).map(
    (_, index) => `${run}~${index + 2}`,
  ),
  // A journal that is lost altogether says nothing of how often its run went on.
  ...(journal === '' ? Array.from({ length: 8 }, (_, index) => `${run}~${index + 2}`) : []),
];

/** The life that begins now, after these events. */
export const nextLife = (run: RunId, events: readonly RunEvent[]): Life =>
  events.length === 0 ? run : `${run}~${livesOf(run, events).length + 1}`;

/** Ends what is left of all programs that were started in these lives. */
export async function endLives(lives: readonly Life[]): Promise<void> {
  for (const life of lives) await sweepMarker(life);
}

/** Runs programs whose markers begin with the run's id in the given life. */
export const inLife =
  (run: RunId, life: Life, runProcess: RunProcess): RunProcess =>
  (spec) =>
    runProcess(
      spec.marker.startsWith(`${run}/`)
        ? { ...spec, marker: `${life}${spec.marker.slice(run.length)}` }
        : spec,
    );
