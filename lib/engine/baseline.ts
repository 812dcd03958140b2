import type { TicketId } from '../model/ids.js';
import type { CheckResult, KnownFailures, Verdict } from '../model/work.js';

/** Known failures that landed work mended: they may not come back. */
export interface Mended {
  readonly ticket: TicketId;
  readonly command: string;
  readonly failures: readonly string[];
}

/** It passed, or it failed and each of its failures was there before. */
export const isAccepted = ({ outcome, known, added, unnamed }: CheckResult): boolean =>
  outcome === 'passed' ||
  (outcome === 'failed' && unnamed === undefined && !added?.length && (known?.length ?? 0) > 0);

/** What failed on a base that was accepted all the same. */
export const baselineOf = ({ results }: Verdict): readonly KnownFailures[] =>
  results.flatMap(({ command, outcome, exitCode, known, lines }) =>
    outcome === 'failed' && exitCode !== undefined && known?.length
      ? [{ command, exitCode, failures: known, ...(lines === undefined ? {} : { lines }) }]
      : [],
  );

/** The baseline once a tree of this verdict has landed: known failures that it does not have are gone for good. */
export function shrink(
  baseline: readonly KnownFailures[],
  verdict: Verdict | undefined,
): readonly KnownFailures[] {
  if (!verdict) return baseline;
  const failing = new Map(baselineOf(verdict).map((one) => [one.command, one]));
  const checked = new Set(verdict.results.map(({ command }) => command));
  return baseline.flatMap((one) => {
    if (!checked.has(one.command)) return [one];
    const left = failing.get(one.command);
    const failures = one.failures.filter((name) => left?.failures.includes(name));
    return left && failures.length > 0 ? [{ ...left, failures }] : [];
  });
}

/** What `before` has and `after` has not, by command. */
export const mendedBetween = (
  before: readonly KnownFailures[],
  after: readonly KnownFailures[],
): readonly Omit<Mended, 'ticket'>[] =>
  before.flatMap(({ command, failures }) => {
    const left = new Set(after.find((one) => one.command === command)?.failures);
    const gone = failures.filter((name) => !left.has(name));
    return gone.length > 0 ? [{ command, failures: gone }] : [];
  });

/**
 * A verdict as it stands now: failures that were known when it was given, and have been mended on the branch since, count
 * as added.
 */
export function judgedNow(baseline: readonly KnownFailures[], verdict: Verdict): Verdict {
  const allowed = new Map(baseline.map(({ command, failures }) => [command, new Set(failures)]));
  const results = verdict.results.map((result) => {
    const back = result.known?.filter((name) => !allowed.get(result.command)?.has(name)) ?? [];
    if (back.length === 0) return result;
    const known = result.known?.filter((name) => !back.includes(name)) ?? [];
    return { ...result, known, added: [...(result.added ?? []), ...back].sort() };
  });
  const colour = verdict.colour === 'green' && results.every(isAccepted) ? 'green' : 'red';
  return { ...verdict, colour, results };
}
