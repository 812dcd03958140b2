import type { Failure } from '../model/failure.js';
import type { Verdict } from '../model/work.js';
import type { RunState } from './state.js';
import { logHint } from './tickets.js';

/** Why a candidate does not land: its first red check. */
export function redFailure(state: RunState, verdict: Verdict): Failure {
  const red = verdict.results.find(({ outcome }) => outcome !== 'passed');
  if (!red) return { code: 'checks/red', message: 'the checks are red' };
  const how =
    red.outcome === 'timed-out'
      ? 'ran into its time limit'
      : `failed twice${red.exitCode === undefined ? '' : ` with exit code ${red.exitCode}`}`;
  return {
    code: 'checks/red',
    message: `${red.command}: ${how} on the tree that would have landed`,
    hint: logHint(state, red.log),
    evidence: red.tail,
  };
}
