import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { restoreDepot } from '../git/depot.js';
import { failed, success, type Result } from '../model/failure.js';
import { findLink, notCreated } from './lane-link.js';
import { readLaneRecord, writeLaneRecord } from './lane-record.js';
import { laneAt, type LaneYard } from './lane.js';
import { rescueGuest } from './rescue-guest.js';
import { openFolders } from './stand.js';

/** Where lanes are on their way out: what lies here may go at any time. */
export const goneFolder = (root: string) => join(root, 'gone');

/** The lanes below a root, made or half made, by name. */
export async function listLanes(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries
    .filter(
      (entry) =>
        entry.isDirectory() &&
        /^([a-z]+(-\d+)?|epic-\d+-.+)$/.test(entry.name) &&
        !entry.name.endsWith('.tmp'),
    )
    .map(({ name }) => name)
    .filter((name) => name !== 'aside' && name !== 'gone')
    .sort();
}

/** The git directory that a lane's `.git` names; undefined: it names none. Only looks. */
export async function linkOf(root: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(root, name, '.git'), 'utf8').catch(() => '');
  return /^gitdir: (.+)$/m.exec(text)?.[1];
}

/**
 * Removes a lane that nobody uses: what an attempt left in it is kept first, as before it would be used again. Killed at
 * any point, the lane is either still whole or lies in {@link goneFolder}. Answers what was kept.
 */
export async function removeLane(yard: LaneYard, name: string): Promise<Result<readonly string[]>> {
  const lane = laneAt(yard.root, name);
  const quiet = await yard.noProcessLeft(lane);
  if (!quiet.ok) return quiet;
  const restored = await restoreDepot(yard.depot);
  if (!restored.ok) return restored;
  const record = await readLaneRecord(lane);
  const link = await findLink(yard, lane);
  const { guest } = record;
  if (!link && guest && !guest.isHarvested) {
    return failed(notCreated(lane, `it is broken, and what ${guest.attempt} left lies there`));
  }
  const kept = link ? await rescueGuest(yard, lane, link, guest) : success([]);
  if (!kept.ok) return kept;
  // From here on nobody may take what is left of the files for work.
  if (guest) await writeLaneRecord(lane, { ...record, guest: { ...guest, isHarvested: true } });
  const gone = goneFolder(yard.root);
  await mkdir(gone, { recursive: true });
  const there = await lstat(lane.path).catch(() => undefined);
  if (there) await rename(lane.path, join(gone, `${name}-${randomUUID()}`));
  if (link) await rm(link.gitDir, { recursive: true, force: true });
  for (const beside of ['json', 'index', 'tmp']) {
    const path = `${lane.path}.${beside}`;
    await openFolders(path);
    await rm(path, { recursive: true, force: true });
  }
  await emptyGone(yard.root);
  return kept;
}

/** Removes what was on its way out, also when an earlier call was killed at it. */
export async function emptyGone(root: string): Promise<void> {
  const gone = goneFolder(root);
  await openFolders(gone);
  await rm(gone, { recursive: true, force: true });
}
