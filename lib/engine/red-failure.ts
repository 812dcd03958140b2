import type { Failure } from '../model/failure.js';
import type { CheckResult, KnownFailures, Verdict } from '../model/work.js';
import { isAccepted } from './baseline.js';
import { someNames } from './some-names.js';
import type { RunState } from './state.js';
import { logHint } from './tickets.js';

/** Why a candidate does not land: its first red check, with what is new in it. */
export function redFailure(state: RunState, verdict: Verdict): Failure {
  const red = verdict.results.find((result) => !isAccepted(result));
  if (!red) return { code: 'checks/red', message: 'the checks are red' };
  const again = broughtBack(state, red);
  const before = state.baseline.find(({ command }) => command === red.command);
  return {
    code: 'checks/red',
    message: `${red.command}: ${again ?? howItFailed(red, before)} on the tree that would have landed`,
    hint: logHint(state, red.log),
    evidence: red.tail,
  };
}

/** Only what landed work mended, if that is all that is new. */
function broughtBack({ mended }: RunState, { command, added = [] }: CheckResult) {
  const gone = mended.filter((one) => one.command === command);
  const by = gone.filter(({ failures }) => failures.some((name) => added.includes(name)));
  const isAll = added.every((name) => by.some(({ failures }) => failures.includes(name)));
  return by.length > 0 && isAll
    ? `brings back what ${by.map(({ ticket }) => ticket).join(', ')} mended (${someNames(added)})`
    : undefined;
}

function howItFailed(red: CheckResult, before: KnownFailures | undefined): string {
  if (red.outcome === 'timed-out') return 'ran into its time limit';
  const how = `failed twice${red.exitCode === undefined ? '' : ` with exit code ${red.exitCode}`}`;
  const names = red.added ?? [];
  if (!before) return names.length === 0 ? how : `${how} (${someNames(names)})`;
  const known = `the base had ${before.failures.length}, which are known`;
  return names.length === 0
    ? `${how}, and it cannot be told that nothing new did: ${red.unnamed ?? 'nothing is named'} (${known})`
    : `${names.length} new failure${names.length === 1 ? '' : 's'} (${someNames(names)}; ${known})`;
}
