import type { CallRecord } from './agent-main.js';

/** One call of a test agent: when it began and ended (milliseconds of the epoch), what it was asked. */
export interface FinishedCall {
  readonly ticket: string;
  readonly call: number;
  readonly startedAt: number;
  /** Absent: it was killed, or still runs. */
  readonly endedAt?: number;
  readonly cwd: string;
  readonly prompt: string;
}

/** Joins starts and ends by pid and ticket, in order of starting. */
export function readCalls(records: readonly CallRecord[]): readonly FinishedCall[] {
  return records
    .filter(({ event }) => event === 'started')
    .map(({ ticket, call, at, pid, cwd, prompt }) => {
      const end = records.find(
        (other) => other.event === 'ended' && other.pid === pid && other.ticket === ticket,
      );
      const ended = end ? { endedAt: end.at } : {};
      return { ticket, call, startedAt: at, ...ended, cwd: cwd ?? '', prompt: prompt ?? '' };
    });
}

/** The most calls that were alive at one moment. */
export function mostAtOnce(calls: readonly FinishedCall[]): number {
  return Math.max(
    0,
    ...calls.map(
      ({ startedAt }) =>
        calls.filter(
          (other) =>
            other.startedAt <= startedAt && startedAt < (other.endedAt ?? Number.MAX_SAFE_INTEGER),
        ).length,
    ),
  );
}
