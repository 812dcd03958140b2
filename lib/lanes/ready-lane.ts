import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyIndex } from '../git/copy-index.js';
import { restoreDepot } from '../git/depot.js';
import { setRef } from '../git/refs.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { findLink, headOf, makeLane, notCreated, type LaneLink } from './lane-link.js';
import { readLaneRecord, writeLaneRecord, type LaneGuest, type LaneRecord } from './lane-record.js';
import { laneAt, laneGit, type Lane, type LaneYard } from './lane.js';
import { rescueGuest } from './rescue-guest.js';
import { setupKey, setUp } from './set-up.js';
import { leftIndex } from './snapshot.js';
import { laneStatus, openFolders, stand } from './stand.js';
import { mayHoldSubmodules } from './submodules.js';

/** A lane that is ready, and how it came to be. */
export interface ReadyLane {
  readonly lane: Lane;
  readonly wasNew: boolean;
  readonly setupMs: number;
  /** What was mended, put aside or rescued on the way. */
  readonly notes: readonly string[];
}

/** Who wants it. Without a guest (checks) nothing in it is ever kept as somebody's work. */
export interface LaneWish {
  readonly name: string;
  readonly commit: Oid;
  readonly guest?: Omit<LaneGuest, 'isHarvested' | 'run'>;
  /** For logs and markers: the attempt's address, or what the checks are for. */
  readonly occasion: string;
  readonly cancel: AbortSignal;
}

/**
 * Makes or reuses a lane: no process left in it, work that was never taken rescued to a ref, exactly at the commit and
 * clean, ignored files kept, set up, temporary folder empty. Doing it again gives the same.
 */
export async function readyLane(yard: LaneYard, wish: LaneWish): Promise<Result<ReadyLane>> {
  const lane = laneAt(yard.root, wish.name);
  try {
    return await ready(yard, lane, wish);
  } catch (error) {
    // The disk and its rights are the world's, not ours.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return failed(notCreated(lane, message));
  }
}

async function ready(yard: LaneYard, lane: Lane, wish: LaneWish): Promise<Result<ReadyLane>> {
  const quiet = await yard.noProcessLeft(lane);
  if (!quiet.ok) return quiet;
  const restored = await restoreDepot(yard.depot);
  if (!restored.ok) return failed(notCreated(lane, restored.failure.message));
  const found = await findLink(yard, lane);
  const made = found ? success(found) : await makeLane(yard, lane, wish.commit);
  if (!made.ok) return made;
  const link = made.value;
  const record = found ? await readLaneRecord(lane) : { products: [] };
  const rescued = await rescueGuest(yard, lane, link, record.guest);
  if (!rescued.ok) return rescued;

  const isLeft = await takeLeftIndex(
    lane,
    link,
    found !== undefined && record.products.length === 0 && !mayHoldSubmodules(lane),
  );
  const git = laneGit(yard, lane, link);
  const put = isLeft ? () => moveTo(yard, lane, link, wish.commit) : undefined;
  const stood = await stand(git, lane, link, wish.commit, record.products, put);
  if (!stood.ok) return failed(asLaneFailure(lane, stood.failure));
  await clearTemporary(lane);
  const started = yard.clock.monotonic();
  const { setup, ...unset } = record;
  const known = setup === undefined || stood.value.length > 0 ? unset : { ...unset, setup };
  const set = await setUpIfNeeded(yard, lane, link, wish, known);
  if (!set.ok) return set;
  const guest = wish.guest && { ...wish.guest, run: yard.run, isHarvested: false };
  await writeLaneRecord(lane, { ...set.value, ...(guest ? { guest } : {}) });
  return success({
    lane,
    wasNew: !found,
    setupMs: Math.round(yard.clock.monotonic() - started),
    notes: [...link.notes, ...rescued.value],
  });
}

const asLaneFailure = (lane: Lane, failure: Failure): Failure =>
  failure.code === 'lane/not-created' ? failure : notCreated(lane, failure.message);

/**
 * What the last attempt left untracked is tracked in the index of its snapshot: with that one the way to another commit
 * takes it away. What a set-up made there must stay, so it is of no use then. Answers whether it is the lane's index now.
 */
async function takeLeftIndex(lane: Lane, link: LaneLink, isOfUse: boolean): Promise<boolean> {
  const index = leftIndex(lane);
  const isTaken = isOfUse && (await replaceBy(index, join(link.gitDir, 'index')));
  await rm(index, { force: true });
  return isTaken;
}

/** Lanes and depot may be on different disks. */
async function replaceBy(index: string, own: string): Promise<boolean> {
  try {
    await rename(index, own).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      return copyIndex(index, own);
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * Brings a lane whose index knows all its files to a commit; only files that differ are looked at. Whether that is true,
 * and nothing moved since the index was written, `git status` has to tell.
 */
async function moveTo(yard: LaneYard, lane: Lane, link: LaneLink, commit: Oid): Promise<boolean> {
  const { git, path } = yard.depot;
  const read = await laneGit(
    yard,
    lane,
    link,
  )(['read-tree', '-m', '-u', commit], { cwd: lane.path });
  if (!read.ok) return false;
  return (await setRef(git, path, headOf(link), commit)).ok;
}

async function clearTemporary({ env }: Lane): Promise<void> {
  const folder = env['TMPDIR'] ?? '';
  await rm(folder, { recursive: true, force: true }).catch(async () => {
    await openFolders(folder);
    await rm(folder, { recursive: true, force: true });
  });
  await mkdir(folder, { recursive: true });
}

async function setUpIfNeeded(
  yard: LaneYard,
  lane: Lane,
  link: LaneLink,
  wish: LaneWish,
  record: LaneRecord,
): Promise<Result<LaneRecord>> {
  const { setup } = yard;
  if (setup.copy.length === 0 && setup.run.length === 0) return success({ products: [] });
  const git = laneGit(yard, lane, link);
  const key = await setupKey(yard, git, lane, wish.commit);
  if (!key.ok) return key;
  // A product that an agent committed went away with its commit.
  const isWhole =
    key.value !== record.setup ||
    !record.products.every((path) => existsSync(join(lane.path, path)));
  // Until it has succeeded nobody may take it for done.
  if (isWhole) await writeLaneRecord(lane, { products: record.products });
  const done = await setUp(yard, lane, { isWhole, occasion: wish.occasion, cancel: wish.cancel });
  if (!done.ok) return done;
  const status = await laneStatus(git, lane);
  if (!status.ok) return status;
  const products = status.value.changes
    .filter((change) => change.startsWith('?? '))
    .map((change) => change.slice(3));
  if (status.value.changes.length > products.length) {
    // A set-up that edits tracked files must not look like the agent's work.
    const back = await stand(git, lane, link, wish.commit, products);
    if (!back.ok) return back;
  }
  return success({ setup: key.value, products });
}
