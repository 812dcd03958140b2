import type { Failure } from '../model/failure.js';
import type { CredentialPool } from '../model/run.js';

/** The keys of one agent within a run. */
export interface PoolRun {
  readonly agent: string;
  readonly waitMs: number;
  readonly keys: readonly KeyRun[];
}

/** One key within a run, known by its id alone. */
export interface KeyRun {
  readonly agent: string;
  readonly id: string;
  readonly maxConcurrent: number;
  readonly perMinute?: number;
  /** Number of the record that gave it to somebody last. */
  usedAt: number;
  /** Instants of its calls within the last minute, epoch milliseconds. */
  calls: number[];
  /** Limits that it met since a call with it ended without one. */
  strikes: number;
  /** It rests until then, epoch milliseconds, because of `failure`, or of its calls in a minute. */
  until?: number;
  failure?: Failure;
  /** Of no more use in this run. */
  spent?: Failure;
  /** What a call with it met that was not answered yet. */
  met?: { readonly failure: Failure; readonly until?: string };
}

export const freshPools = (pools: readonly CredentialPool[] = []): ReadonlyMap<string, PoolRun> =>
  new Map(
    pools.map(({ agent, waitMs, keys }) => [
      agent,
      {
        agent,
        waitMs,
        keys: keys.map((key) => ({ ...key, agent, usedAt: 0, calls: [], strikes: 0 })),
      },
    ]),
  );
