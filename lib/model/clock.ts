/** Time arrives from outside, so that pure layers stay pure and tests can hold it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that stands still while the machine sleeps; its zero means nothing. */
  monotonic(): number;
}

/** ISO 8601, UTC, whole seconds, `Z`: the form written into ticket indexes. */
export const isoSeconds = (epochMs: number) => new Date(epochMs).toISOString().slice(0, 19) + 'Z';
