import { isAccepted } from '../engine/baseline.js';
import type { Effect } from '../model/effect.js';
import type { EventDraft } from '../model/event.js';
import { failed, success, type Result } from '../model/failure.js';
import type { ChecksRun } from '../model/intent.js';
import type { Verdict } from '../model/work.js';
import type { ChecksDeps } from './checks-deps.js';
import { cancelled, runCommands } from './run-commands.js';
import { verdictKeys, type VerdictKeys } from './verdict-key.js';

/**
 * The effect that runs the project's checks on exactly one tree. A tree that was found green before, by whatever
 * run, is not checked again; neither is one found red earlier in this run, nor one that is being checked. Trouble with
 * the lane is told as a failure of the world and never as a red verdict. Checks that nobody waits for any more are
 * ended with all their processes before that is told, so that their lane is free.
 */
export function createChecksRun(deps: ChecksDeps): Effect<'checks.run'> {
  const known = new Map<string, Verdict>();
  const turns = new Map<string, Promise<unknown>>();
  const perform: Effect<'checks.run'>['perform'] = (intent, cancel) => {
    const { tree } = intent;
    const before = turns.get(tree) ?? Promise.resolve();
    const turn = before.then(async () => [
      tell(intent, await verdictOf(deps, known, intent, cancel), cancel),
    ]);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    turns.set(tree, settled);
    return turn.finally(() => {
      if (turns.get(tree) === settled) turns.delete(tree);
    });
  };
  // The lane is reset before each check, so starting over is all of the recovery.
  return { perform, reconcile: perform };
}

async function verdictOf(
  deps: ChecksDeps,
  known: Map<string, Verdict>,
  intent: ChecksRun,
  cancel: AbortSignal,
): Promise<Result<Verdict>> {
  const { commands } = deps;
  const { tree } = intent;
  const baseline = intent.purpose === 'base' ? 'base' : deps.baseline();
  const keys = verdictKeys(commands, await deps.basis(), baseline);
  if (commands.length === 0) {
    const nothing = { tree, key: keys.clean, results: [], ms: 0 };
    return success({ ...nothing, colour: 'green', cached: false });
  }
  const earlier = await findEarlier(deps, known, intent, keys);
  if (earlier) return success({ ...earlier, cached: true, ms: 0 });

  if (cancel.aborted) return failed(cancelled());
  const started = deps.clock.monotonic();
  const results = await runCommands(deps, intent, baseline, cancel);
  if (!results.ok) return results;
  const isClean = results.value.every(({ outcome }) => outcome === 'passed');
  const verdict: Verdict = {
    tree,
    key: isClean ? keys.clean : keys.withKnown,
    colour: results.value.every(isAccepted) ? 'green' : 'red',
    results: results.value,
    cached: false,
    ms: Math.round(deps.clock.monotonic() - started),
  };
  // What changed while the checks ran may have been seen by some of them.
  const after = verdictKeys(commands, await deps.basis(), baseline);
  if (after.clean !== keys.clean) return success(verdict);
  known.set(`${tree} ${verdict.key}`, verdict);
  await deps.verdicts.keep(verdict);
  return success(verdict);
}

async function findEarlier(
  { verdicts, trustsKnownFailures }: ChecksDeps,
  known: ReadonlyMap<string, Verdict>,
  { tree, purpose }: ChecksRun,
  { clean, withKnown }: VerdictKeys,
): Promise<Verdict | undefined> {
  const earlier = (key: string) => known.get(`${tree} ${key}`) ?? verdicts.find(tree, key);
  const green = await earlier(clean);
  if (green) return green;
  return purpose === 'base' && trustsKnownFailures === false ? undefined : earlier(withKnown);
}

function tell(intent: ChecksRun, verdict: Result<Verdict>, cancel: AbortSignal): EventDraft {
  const closes = intent.key;
  if (intent.purpose === 'base' || intent.ticket === undefined) {
    return verdict.ok
      ? { type: 'base.checked', verdict: verdict.value, closes }
      : { type: 'base.checked', failure: verdict.failure, closes };
  }
  const { ticket } = intent;
  if (verdict.ok) return { type: 'landing.verified', ticket, verdict: verdict.value, closes };
  return cancel.aborted
    ? { type: 'landing.check-cancelled', ticket, closes }
    : { type: 'landing.bounced', ticket, why: 'failed', failure: verdict.failure, closes };
}
