/** One row of the printed table. */
export interface Figure {
  readonly what: string;
  readonly figure: string;
  /** Empty: nothing was promised, the figure is there to be compared with. */
  readonly aim: string;
}

/** The middle of the values; the upper one of two. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Wall-clock milliseconds of `run`, and what it gave. */
export async function timed<Value>(
  run: () => Value | Promise<Value>,
): Promise<{ readonly value: Value; readonly ms: number }> {
  const start = performance.now();
  const value = await run();
  return { value, ms: performance.now() - start };
}

export const inMs = (ms: number) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

export const inSeconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;

export const times = (ratio: number) => `${ratio.toFixed(2)} ×`;
