import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findLink } from './lane-link.js';
import type { Lane, LaneYard } from './lane.js';

/** What a commit writes in the depot beside the lane's own part of it. */
const SHARED = ['objects', 'refs', 'logs'];

/**
 * The folders outside a lane that must be writable for commits in it, all of them there: its own part of the depot,
 * objects, refs and their logs. The depot's configuration and hooks, and other lanes' parts, are in none of them.
 * Empty for a lane that the depot does not know.
 */
export async function gitFolders(yard: LaneYard, lane: Lane): Promise<readonly string[]> {
  const link = await findLink(yard, lane);
  if (!link) return [];
  const depot = dirname(dirname(link.gitDir));
  const shared = SHARED.map((name) => join(depot, name));
  for (const folder of shared) await mkdir(folder, { recursive: true });
  return [link.gitDir, ...shared];
}
