import type { RunState } from '../../lib/engine/state.js';
import { isWanted } from '../../lib/engine/wanted.js';
import type { EventDraft } from '../../lib/model/event.js';
import type { IntentOf } from '../../lib/model/intent.js';
import type { Verdict } from '../../lib/model/work.js';
import type { ImaginedWorld } from './fate.js';

/** One command of the checks, or of a ticket's scripts. */
export const check = (outcome: 'passed' | 'failed') => ({
  name: 'check',
  command: 'check',
  outcome,
  flaky: false,
  ms: 1,
  log: 'l',
  logHash: 'h',
  tail: '',
});

/** The checks of a tree, red as fate or the nature of its tickets has it. */
export function checks(
  intent: IntentOf<'checks.run'>,
  fails: boolean,
  state: RunState,
  { fate, nature, contents }: ImaginedWorld,
): EventDraft {
  const { key: closes, purpose, ticket: id, tree } = intent;
  const isBase = purpose === 'base' || !id;
  // Some are over before they can be stopped.
  const isStopped = state.stop?.mode === 'cancel' || !isWanted(state, intent);
  if (!isBase && isStopped && fate.random() < 0.8) {
    return { type: 'landing.check-cancelled', ticket: id, closes };
  }
  const isBroken = fate.brokenLane === intent.lane || (fails && fate.random() < 0.2);
  if (!isBase && isBroken) {
    const failure = { code: 'lane/not-created' as const, message: 'no' };
    return { type: 'landing.bounced', ticket: id, why: 'failed', failure, closes };
  }
  const isRed =
    !isBase && (fails || nature.isRed?.(contents.get(intent.commit) ?? new Set()) === true);
  const verdict: Verdict = {
    colour: isRed ? 'red' : 'green',
    tree,
    key: 'k',
    results: [check(isRed ? 'failed' : 'passed')],
    cached: false,
    ms: 1,
  };
  return isBase
    ? { type: 'base.checked', verdict, closes }
    : { type: 'landing.verified', ticket: id, verdict, closes };
}
