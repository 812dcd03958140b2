import { listRefs } from '../git/refs.js';
import type { Oid } from '../model/ids.js';
import type { LaneStanding } from './lane-leftovers.js';
import type { Group } from './leftover.js';
import { neededBases } from './needed-bases.js';
import type { Belongings } from './run-leftovers.js';

/** What pins of lent commits can go when all that is chosen goes, and which bases must stay held. */
export async function basePins(
  { repository, depot, vaultRefs, depotRefs }: Belongings,
  chosen: readonly Group[],
  lanes: readonly LaneStanding[],
): Promise<{ readonly group: Group; readonly needed: readonly Oid[] }> {
  const listed = await listRefs(repository.git, repository.root, 'refs/sage/base/');
  const pins = listed.ok ? listed.value : [];
  const going = new Set(
    chosen.flatMap(({ items }) => items.map(({ kind, name }) => `${kind} ${name}`)),
  );
  const stays = lanes.filter(
    // What is left in it is kept first, and is built on the base then.
    ({ path, guest }) => !going.has(`lane ${path}`) || guest?.isHarvested === false,
  );
  const needed = await neededBases(
    depot,
    pins.map(({ oid }) => oid),
    {
      refs: [
        ...vaultRefs.filter(({ name }) => !going.has(`kept ref ${name}`)),
        ...depotRefs.filter(({ name }) => !going.has(`depot ref ${name}`)),
      ],
      heads: stays.flatMap(({ head }) => (head === undefined ? [] : [head])),
    },
  );
  const items = pins
    .filter(({ oid }) => !needed.includes(oid))
    .map((ref) => ({ kind: 'base pin', bytes: 0, ...ref }) as const);
  return { group: { items, at: 0, why: 'nothing is built on that commit any more' }, needed };
}
