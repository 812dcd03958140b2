import type { EventDraft } from '../../lib/model/event.js';
import type { ChecksRun } from '../../lib/model/intent.js';
import type { CheckResult, Verdict } from '../../lib/model/work.js';
import { stepsOf, type EffectWorld } from './imagined-effects.js';
import type { Tree } from './imagined-git.js';

export const result = (isGreen: boolean, flaky: boolean): CheckResult => ({
  name: 'check',
  command: 'check',
  outcome: isGreen ? 'passed' : 'failed',
  flaky,
  ms: 1,
  log: 'l',
  logHash: 'h',
  tail: '',
});

/** The project's checks on one tree, in a verification lane; green verdicts are remembered. */
export async function check(
  parts: EffectWorld,
  intent: ChecksRun,
  cancel: AbortSignal,
): Promise<EventDraft[]> {
  const { world } = parts;
  const { own } = stepsOf(parts);
  const { ticket, tree, key: closes } = intent;
  const isKnown = await own(`${closes}: is it known`, () => world.verdicts.has(tree));
  let isGreen = isKnown;
  const isFlaky = !isKnown && parts.random() < 0.15;
  if (!isKnown) {
    if (ticket !== undefined && parts.fails('checkLane')) {
      const failure = { code: 'lane/not-created', message: 'no' } as const;
      return [{ type: 'landing.bounced', ticket, why: 'failed', failure, closes }];
    }
    if (isFlaky) await own(`${closes}: red by accident`);
    isGreen = await own(`${closes}: run`, () => isSound(parts, world.git.files(tree)));
    if (ticket !== undefined && cancel.aborted) {
      return [{ type: 'landing.check-cancelled', ticket, closes }];
    }
    if (isGreen) world.verified.add(tree);
    if (isGreen) await own(`${closes}: remember`, () => world.verdicts.add(tree));
  }
  const verdict: Verdict = {
    colour: isGreen ? 'green' : 'red',
    tree,
    key: 'k',
    results: [result(isGreen, isFlaky)],
    cached: isKnown,
    ms: 1,
  };
  return ticket === undefined
    ? [{ type: 'base.checked', verdict, closes }]
    : [{ type: 'landing.verified', ticket, verdict, closes }];
}

/** The project is red as soon as a red ticket's work is in it. */
const isSound = ({ world }: EffectWorld, files: Tree) =>
  [...world.scene.fates].every(([id, { work }]) => work !== 'red' || !files.has(`own/${id}`));
