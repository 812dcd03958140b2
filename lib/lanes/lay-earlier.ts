import { mergeTrees } from '../git/merge-tree.js';
import { success, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { findLink } from './lane-link.js';
import { laneGit, type Lane, type LaneYard } from './lane.js';

/**
 * Lays earlier work of a ticket into its lane, which stands clean on `base`: staged, as changes of the base, so that what
 * comes of it is taken as one piece of work. Answers whether it lies there; it does not when it conflicts with the base.
 */
export async function layEarlier(
  yard: LaneYard,
  lane: Lane,
  base: Oid,
  earlier: Oid,
): Promise<Result<boolean>> {
  const merged = await mergeTrees(yard.depot, base, earlier);
  if (!merged.ok) return merged;
  if (merged.value.kind === 'conflict') return success(false);
  const link = await findLink(yard, lane);
  if (!link) return success(false);
  const git = laneGit(yard, lane, link);
  const put = await git(['read-tree', '-m', '-u', base, merged.value.tree], { cwd: lane.path });
  return put.ok ? success(true) : put;
}
