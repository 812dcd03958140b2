import { join } from 'node:path';
import type { Depot, Repository } from '../git/places.js';
import { vaultOf } from '../git/vault.js';
import { sageDirectory } from '../journal/run-directory.js';
import type { KeptThing } from '../model/cleaning-schema.js';
import type { Oid } from '../model/ids.js';
import { basePins } from './base-pins.js';
import { createDiskUsage } from './disk-usage.js';
import { lanesWithoutRepository } from './foreign-lanes.js';
import { keptThings } from './kept-things.js';
import { goneThings, laneGroup, lookAtLanes, putAsideThings } from './lane-leftovers.js';
import type { Group } from './leftover.js';
import { lookAround } from './look-around.js';
import { oldVerdicts, orphans, scratch, validateLogs } from './other-leftovers.js';
import { proveRuns } from './prove-runs.js';
import { runLeftovers } from './run-leftovers.js';
import { runRecords, type RecordRule } from './run-records.js';

export interface CleaningWish {
  /** Younger things stay, unless the quota asks for them. */
  readonly olderThanMs: number;
  /** Bytes that may stay on the disk. */
  readonly maxBytes?: number;
  /** What is left of so many newest runs stays, however old or large. */
  readonly keepRuns?: number;
  /** Absent: records of runs stay for good. */
  readonly records?: RecordRule;
}

/** What a call would do: everything seen, nothing changed. */
export interface CleaningPlan {
  /** In the order in which they go. */
  readonly groups: readonly Group[];
  readonly kept: readonly KeptThing[];
  /** Bases that must stay held. */
  readonly neededBases: readonly Oid[];
  readonly bytes: { readonly before: number; readonly freed: number; readonly objects: number };
  readonly notes: readonly string[];
}

/** Looks at all that sage holds for a repository. The same plan is shown by `--dry-run` and carried out without it. */
export async function planCleaning(
  repository: Repository,
  lanesRoot: string,
  wish: CleaningWish,
  now: number,
): Promise<CleaningPlan> {
  const sage = sageDirectory(repository.commonDir);
  const standings = await proveRuns(repository);
  const all = await lookAround(repository, standings);
  const unended = standings.find(({ hasEnded, open }) => !hasEnded && open);
  const blocked = unended && `run ${unended.directory.run} may go on: sage resume`;
  const lanes = await lookAtLanes(lanesRoot, all.usage, blocked);
  const always = [
    await goneThings(lanesRoot, all.usage),
    await scratch(all.depot, sage, all.usage),
  ];
  const byAge: Group[] = [];
  for (const lane of lanes) if (lane.inTheWay === undefined) byAge.push(laneGroup(lane));
  for (const standing of standings) byAge.push(await runLeftovers(all, standing));
  byAge.push(orphans(all, standings));
  byAge.push(
    await validateLogs(sage, all),
    await oldVerdicts(all, standings, now - wish.olderThanMs),
  );

  const own = createDiskUsage();
  const before = own(sage) + own(lanesRoot);
  const held = new Set(
    standings
      .slice(Math.max(0, standings.length - (wish.keepRuns ?? 0)))
      .map(({ directory }) => directory.path),
  );
  const free = byAge.filter(({ mark }) => mark === undefined || !held.has(mark.folder));
  const chosen = choose(free, always, before, wish, now);
  const pins = await basePins(all, chosen, lanes);
  const records = wish.records ? runRecords(all, standings, chosen, wish.records, now) : [];
  const groups = [...chosen, pins.group, ...records].filter(({ items }) => items.length > 0);
  const freed = sum(groups);
  const objects = all.depot ? objectBytes(all.depot) : 0;
  return {
    groups,
    neededBases: pins.needed,
    kept: [
      ...(await keptThings(all, standings, lanes, chosen, held)),
      ...(await putAsideThings(lanesRoot, all.usage)),
      ...(await lanesWithoutRepository(lanesRoot, all.usage)),
    ],
    bytes: { before, freed, objects },
    notes: notesOf(before - freed, objects, wish),
  };
}

/** What is old enough, then, the oldest first, what the quota asks for. Lanes go first: work may be found in them. */
function choose(
  groups: readonly Group[],
  always: readonly Group[],
  before: number,
  { olderThanMs, maxBytes }: CleaningWish,
  now: number,
): readonly Group[] {
  const isOld = ({ at }: Group) => now - at >= olderThanMs;
  const chosen = new Set(groups.filter(isOld));
  let rest = before - sum([...always, ...chosen]);
  const oldestFirst = [...groups].sort((one, other) => one.at - other.at);
  for (const group of oldestFirst) {
    if (maxBytes === undefined || rest <= maxBytes) break;
    if (chosen.has(group)) continue;
    chosen.add(group);
    rest -= sum([group]);
  }
  return [...always, ...groups.filter((group) => chosen.has(group))];
}

const sum = (groups: readonly Group[]) =>
  groups.flatMap(({ items }) => items).reduce((bytes, item) => bytes + item.bytes, 0);

function objectBytes(depot: Depot): number {
  const usage = createDiskUsage();
  return usage(join(depot.path, 'objects')) + usage(join(vaultOf(depot), 'objects'));
}

function notesOf(after: number, objects: number, { maxBytes }: CleaningWish): readonly string[] {
  const isOver = maxBytes !== undefined && after > maxBytes;
  return [
    'objects of what is let go stay in the depot and the vault: git keeps them for good there (preciousObjects)',
    ...(isOver
      ? [
          `the quota does not hold: ${after} bytes stay, ${objects} of them objects; the rest is not proven to be of no use`,
        ]
      : []),
  ];
}
