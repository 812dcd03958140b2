import type { Repository } from '../git/places.js';
import { changedPaths } from '../git/changed-paths.js';
import { ownCheckout } from '../land/checkouts.js';
import { localChanges } from '../land/local-changes.js';
import type { EventOf } from '../model/event.js';
import type { Oid } from '../model/ids.js';
import type { Contradiction } from '../model/verification-schema.js';

/**
 * Whether the checkout that stands on the target would undo the delivery: a branch that is moved under a checkout shows
 * all that landed as staged reverts, and the next commit would make them true.
 */
export async function checkCheckout(
  repository: Repository,
  { base, target }: EventOf<'run.planned'>,
  tip: Oid,
): Promise<Contradiction[]> {
  const { git, root } = repository;
  if ((await ownCheckout(repository)).branch !== target) return [];
  const [landed, local] = [await changedPaths(git, root, base, tip), await localChanges(git, root)];
  if (!landed.ok || !local.ok) return [];
  const reverted = landed.value
    .filter(({ path, oldId }) => local.value.get(path)?.staged === oldId)
    .map(({ path }) => path);
  if (reverted.length === 0) return [];
  const shown = reverted.slice(0, 5).join(', ') + (reverted.length > 5 ? ', …' : '');
  return [
    {
      kind: 'checkout-reverted',
      message: `the checkout has ${reverted.length} landed path(s) staged as they were before the run: ${shown}`,
    },
  ];
}
