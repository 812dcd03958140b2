import { rm, stat } from 'node:fs/promises';
import { openDepot, unpinBases } from '../git/depot.js';
import { asGuest } from '../git/guest.js';
import { readIdentity } from '../git/identity.js';
import type { Depot } from '../git/places.js';
import { deleteRef } from '../git/refs.js';
import { vaultOf } from '../git/vault.js';
import { writeCleaned } from '../journal/cleaned.js';
import { ownedBy } from '../journal/owner.js';
import { readLivingOwner } from '../journal/read-owner.js';
import { readJournal } from '../journal/read.js';
import { runDirectory, sageDirectory } from '../journal/run-directory.js';
import type { LaneYard } from '../lanes/lane.js';
import { createMutex } from '../lanes/mutex.js';
import { readLaneRecord } from '../lanes/lane-record.js';
import { removeLane } from '../lanes/remove-lane.js';
import { openFolders } from '../lanes/stand.js';
import type { Cleaning } from '../model/cleaning-schema.js';
import { demand, Refusal, failed, success, type Result } from '../model/failure.js';
import { runId } from '../model/ids.js';
import { createRunProcess } from '../process/run-process.js';
import { clearUp } from '../run/clear-up.js';
import { endLives, livesOf } from '../run/life.js';
import { ownRepository } from '../run/own-repository.js';
import type { Surroundings } from '../run/surroundings.js';
import type { Leftover } from './leftover.js';
import { planCleaning, type CleaningPlan, type CleaningWish } from './plan-cleaning.js';

/** Where is cleaned. */
export type CleaningPlace = Pick<Surroundings, 'repository' | 'clock' | 'lanesRoot' | 'variables'>;

/**
 * Frees what is proven to be no longer needed, or says what it would free. Refused while somebody runs here. What could
 * not go is told in the notes; whatever was cut off, the next call goes on with.
 */
export async function cleanRepository(
  place: CleaningPlace,
  wish: CleaningWish,
  isDryRun: boolean,
): Promise<Cleaning> {
  const { repository, clock, lanesRoot } = place;
  const now = clock.now();
  const directory = sageDirectory(repository.commonDir);
  if (isDryRun) {
    const owner = await readLivingOwner(directory);
    if (owner) throw new Refusal([ownedBy(owner)], 2);
    return answer(await planCleaning(repository, lanesRoot, wish, now), true);
  }
  // Where sage never ran there is nothing to own, and asking leaves nothing behind.
  if (!(await stat(directory).catch(() => undefined))) {
    return answer(await planCleaning(repository, lanesRoot, wish, now), false);
  }
  await clearUp(place);
  await using ownership = await ownRepository(place, runId('clean'));
  const plan = await planCleaning(repository, lanesRoot, wish, now);
  await ownership.checkFence();
  return await carryOut(place, plan);
}

function answer(plan: CleaningPlan, dryRun: boolean): Cleaning {
  const freed = plan.groups.flatMap(({ items, why }) =>
    items.map(({ kind, name, bytes }) => ({ kind, name, bytes, why })),
  );
  const { bytes, kept, notes } = plan;
  return { version: 1, dryRun, bytes, freed, kept: [...kept], notes: [...notes] };
}

/** Does what was planned, one thing after the other. Each may be the last one before the process is killed. */
export async function carryOut(place: CleaningPlace, plan: CleaningPlan): Promise<Cleaning> {
  const done = answer(plan, false);
  const at = new Date(place.clock.now()).toISOString();
  const depot = plan.groups.length === 0 ? undefined : await ownDepot(place);
  const failures = new Map<string, string>();
  const told: string[] = [];
  for (const group of plan.groups) {
    if (group.mark) await writeCleaned(group.mark.folder, { ...group.mark.cleaned, at });
    for (const item of group.items) {
      const removed = await remove(place, depot, item, plan);
      if (removed.ok) told.push(...removed.value);
      else failures.set(item.name, removed.failure.message);
    }
  }
  const isGone = ({ name }: { readonly name: string }) => !failures.has(name);
  const freed = done.freed.filter(isGone);
  return {
    ...done,
    freed,
    bytes: { ...done.bytes, freed: freed.reduce((sum, { bytes }) => sum + bytes, 0) },
    kept: [
      ...done.kept,
      ...done.freed
        .filter((item) => !isGone(item))
        .map(({ name, bytes }) => ({ name, bytes, why: failures.get(name) ?? '' })),
    ],
    notes: [...told, ...done.notes],
  };
}

/** The depot put right, where sage ever ran; asking for nothing makes none. */
async function ownDepot({ repository }: CleaningPlace): Promise<Depot> {
  return demand(await openDepot(repository));
}

async function remove(
  place: CleaningPlace,
  depot: Depot | undefined,
  item: Leftover,
  plan: CleaningPlan,
): Promise<Result<readonly string[]>> {
  const { repository } = place;
  const { kind, name, oid } = item;
  switch (kind) {
    case 'lane':
      return depot ? leaveLane(place, depot, name) : success([]);
    case 'base pin': {
      // All of them with the first one: those that nothing is built on.
      const unpinned = await unpinBases(repository, plan.neededBases);
      return unpinned.ok ? success([]) : unpinned;
    }
    case 'branch':
    case 'depot ref':
    case 'kept ref': {
      if (!oid || !depot) return success([]);
      const cwd =
        kind === 'branch' ? repository.root : kind === 'kept ref' ? vaultOf(depot) : depot.path;
      const act = () => deleteRef(repository.git, cwd, name, oid);
      const deleted = kind === 'branch' ? await asGuest(repository, [name], act) : await act();
      if (!deleted.ok) return deleted;
      const isMoved = deleted.value !== 'moved' && deleted.value.stale !== undefined;
      return isMoved
        ? failed({ code: 'git/failed', message: 'it was moved meanwhile' })
        : success([]);
    }
    case 'run files':
    case 'run record':
    case 'verdict':
    case 'scratch':
      return removePath(name);
  }
}

async function removePath(path: string): Promise<Result<readonly string[]>> {
  try {
    await rm(path, { recursive: true, force: true }).catch(async () => {
      await openFolders(path);
      await rm(path, { recursive: true, force: true });
    });
    return success([]);
  } catch (error) {
    return failed({
      code: 'git/failed',
      message: `it cannot be removed: ${(error as Error).message}`,
    });
  }
}

async function leaveLane(
  { repository, clock, lanesRoot, variables }: CleaningPlace,
  depot: Depot,
  path: string,
): Promise<Result<readonly string[]>> {
  const identity = await readIdentity(repository);
  if (!identity.ok) return identity;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const yard: LaneYard = {
    depot,
    root: lanesRoot,
    checkout: repository.root,
    run: runId('clean'),
    runDirectory: sageDirectory(repository.commonDir),
    identity: identity.value,
    setup: { copy: [], run: [] },
    env: variables,
    runProcess: createRunProcess({ clock }),
    clock,
    mutex: createMutex(),
    // Runs end all that they started; this one was perhaps ended itself.
    noProcessLeft: async (lane) => {
      const { guest } = await readLaneRecord(lane);
      if (!guest) return success(lane);
      const journal = await readJournal(runDirectory(repository.commonDir, guest.run).events);
      await endLives(livesOf(guest.run, journal.ok ? journal.value.events : []));
      return success(lane);
    },
  };
  return removeLane(yard, name);
}
