import type { Failure } from '../model/failure.js';
import type { KnownFailures, Verdict } from '../model/work.js';
import { isAccepted } from './baseline.js';
import { someNames } from './some-names.js';
import type { RunState } from './state.js';

/** `the base has 3 known failures in `npm test`: a, b, c; only new ones reject`, a sentence for each command. */
export const knownFailures = (baseline: readonly KnownFailures[]): readonly string[] =>
  baseline.map(
    ({ command, failures }) =>
      `the base has ${count(failures)} in \`${command}\`: ${someNames(failures)}; only new ones reject`,
  );

/** What a run did about them, a sentence for each command. */
export function knownFailuresAtEnd(state: RunState): readonly string[] {
  if (state.baseCheck !== 'green' || !state.baseVerdict) return [];
  return state.baseVerdict.results.flatMap(({ command, known }) => {
    if (!known?.length) return [];
    const left = state.baseline.find((one) => one.command === command)?.failures ?? [];
    const mended = state.mended
      .filter((one) => one.command === command)
      .map(({ ticket, failures }) => `${ticket} mended ${someNames(failures)}`);
    const rest =
      left.length === 0 ? 'none is left' : `${left.length} still fail: ${someNames(left)}`;
    return [`the base had ${count(known)} in \`${command}\`; ${[...mended, rest].join('; ')}`];
  });
}

/** Why a base is refused. */
export function redBase(
  { results }: Verdict,
  base: string,
): Omit<Failure, 'hint'> & { readonly hint: string } {
  const red = results.find((result) => !isAccepted(result));
  const why =
    red?.outcome === 'timed-out'
      ? 'it ran into its time limit'
      : `failures it has already can be excused only by name, and ${red?.unnamed ?? 'none was named'}`;
  return {
    code: 'checks/red-base',
    message: `${red?.command ?? 'a check'} fails on the base ${base.slice(0, 10)}, so no ticket could pass it: ${why}`,
    hint: 'make it green first, let it name what fails (docs/configuration.md lists the formats that are read), or choose other checks with --verify',
  };
}

const count = (failures: readonly string[]) =>
  `${failures.length} known failure${failures.length === 1 ? '' : 's'}`;
