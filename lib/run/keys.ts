import { keyMark, type KeyReading } from '../config/read-keys.js';
import type { Config } from '../model/config.js';
import type { Failure } from '../model/failure.js';
import type { CredentialPool } from '../model/run.js';

/** Of each agent, which keys it had: their ids, and what tells whether they are the same ones. */
export type KeyMarks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Why keys cannot be used; each names an id or a place, never a value. */
export const keyFailures = ({ diagnostics }: KeyReading): readonly Failure[] =>
  diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message, hint }) => ({
      code: 'config/invalid',
      message,
      ...(hint === undefined ? {} : { hint }),
    }));

export const keyWarnings = ({ diagnostics }: KeyReading): readonly string[] =>
  diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message);

/** The pools as the engine sees them: ids and limits. Nothing where none is configured. */
export function poolsOf(
  credentials: Config['credentials'],
  { rings }: KeyReading,
): { readonly pools?: readonly CredentialPool[] } {
  const pools = rings.flatMap(({ agent, keys }): CredentialPool[] => {
    const pool = credentials[agent];
    if (!pool) return [];
    const { maxConcurrent, perMinute, waitMinutes } = pool;
    const limits = { maxConcurrent, ...(perMinute === undefined ? {} : { perMinute }) };
    return [
      { agent, keys: keys.map(({ id }) => ({ id, ...limits })), waitMs: waitMinutes * 60_000 },
    ];
  });
  return pools.length === 0 ? {} : { pools };
}

export const keyMarksOf = (run: string, { rings }: KeyReading): KeyMarks =>
  Object.fromEntries(
    rings.map(({ agent, keys }) => [
      agent,
      Object.fromEntries(keys.map(({ id, value }) => [id, keyMark(run, value)])),
    ]),
  );

/** What became of the keys since the run began, for the person who goes on with it. */
export function changedKeys(before: KeyMarks | undefined, now: KeyMarks): readonly string[] {
  return Object.entries(before ?? {}).flatMap(([agent, marks]) =>
    Object.entries(marks).flatMap(([id, mark]) => {
      const present = now[agent]?.[id];
      if (present === undefined) return [`${id} of ${agent} is gone since the run began`];
      return present === mark
        ? []
        : [`${id} of ${agent} is another key than the one with which the run began`];
    }),
  );
}
