import type { Effect } from '../model/effect.js';
import type { Repository } from '../git/places.js';
import { readRef } from '../git/refs.js';

/** The effect that looks where the target branch stands in the user's repository. */
export function createTargetLook({ git, root }: Repository): Effect<'target.look'> {
  const perform: Effect<'target.look'>['perform'] = async ({ target, key: closes }) => {
    const tip = await readRef(git, root, `refs/heads/${target}`);
    const seen = tip.ok ? { ...(tip.value ? { tip: tip.value } : {}) } : { failure: tip.failure };
    return [{ type: 'target.seen', ...seen, closes }];
  };
  return { perform, reconcile: perform };
}
