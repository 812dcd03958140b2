import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { abandoned } from '../git/make-bare.js';
import { depotPath, type Depot, type Repository } from '../git/places.js';
import { listRefs } from '../git/refs.js';
import { deadScratch } from '../git/scratch.js';
import { listKept, vaultOf } from '../git/vault.js';
import { CLEANED } from '../journal/cleaned.js';
import { sageDirectory } from '../journal/run-directory.js';
import type { KeptThing } from '../model/cleaning-schema.js';
import type { Oid, RunId } from '../model/ids.js';
import { createDiskUsage, type DiskUsage } from './disk-usage.js';
import { lanesWithoutRepository } from './foreign-lanes.js';
import { keptThings } from './kept-things.js';
import {
  goneThings,
  laneGroup,
  lookAtLanes,
  putAsideThings,
  type LaneStanding,
} from './lane-leftovers.js';
import type { Group, Leftover } from './leftover.js';
import { neededBases } from './needed-bases.js';
import { proveRuns, type RunStanding } from './prove-runs.js';
import {
  isLanded,
  ownerOf,
  runLeftovers,
  verdictsByRun,
  type Belongings,
} from './run-leftovers.js';

export interface CleaningWish {
  /** Younger things stay, unless the quota asks for them. */
  readonly olderThanMs: number;
  /** Bytes that may stay on the disk. */
  readonly maxBytes?: number;
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
  const chosen = choose(byAge, always, before, wish, now);
  const pins = await basePins(all, chosen, lanes);
  const groups = [...chosen, pins.group].filter(({ items }) => items.length > 0);
  const freed = sum(groups);
  const objects = all.depot ? objectBytes(all.depot) : 0;
  return {
    groups,
    neededBases: pins.needed,
    kept: [
      ...(await keptThings(all, standings, lanes, chosen)),
      ...(await putAsideThings(lanesRoot, all.usage)),
      ...(await lanesWithoutRepository(lanesRoot, all.usage)),
    ],
    bytes: { before, freed, objects },
    notes: notesOf(before - freed, objects, wish),
  };
}

async function lookAround(
  repository: Repository,
  standings: readonly RunStanding[],
): Promise<Belongings> {
  const { git, root, commonDir } = repository;
  const sage = sageDirectory(commonDir);
  const path = depotPath(commonDir);
  const isThere = async (folder: string) =>
    (await stat(join(folder, 'HEAD')).catch(() => undefined)) !== undefined;
  const depot: Depot | undefined = (await isThere(path))
    ? { git, path, canonical: [], mirrored: new Map() }
    : undefined;
  const vaultRefs = depot && (await isThere(vaultOf(depot))) ? await listKept(depot) : undefined;
  const depotRefs = depot && (await listRefs(git, path, 'refs/'));
  const branches = await listRefs(git, root, 'refs/heads/sage/');
  const landedBy = new Map<string, RunId>();
  for (const { directory, proof } of standings) {
    for (const ticket of proof?.landed ?? []) landedBy.set(ticket, directory.run);
  }
  return {
    repository,
    depot,
    usage: createDiskUsage(),
    vaultRefs: vaultRefs?.ok ? vaultRefs.value : [],
    depotRefs: depotRefs?.ok ? depotRefs.value : [],
    branches: branches.ok ? branches.value : [],
    verdicts: await verdictsByRun(join(sage, 'verdicts')),
    landedBy,
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

async function scratch(depot: Depot | undefined, sage: string, usage: DiskUsage): Promise<Group> {
  const names = [
    ...(depot ? await deadScratch(depot) : []),
    ...(await abandoned(sage, 'depot')),
    ...(await abandoned(sage, 'vault')),
  ];
  const items = names.map((name) => ({ kind: 'scratch', name, bytes: usage(name) }) as const);
  return { items, at: 0, why: 'a process that died left it' };
}

/** Kept work of runs whose folder somebody removed, where a later run landed the ticket. */
function orphans(all: Belongings, standings: readonly RunStanding[]): Group {
  const known = new Set(standings.map(({ directory }) => directory.run));
  const items = all.vaultRefs
    .filter(({ name }) => {
      const owner = ownerOf(name);
      return owner !== undefined && !known.has(owner.run) && isLanded(all, name);
    })
    .map((ref) => ({ kind: 'kept ref', bytes: 0, ...ref }) as const);
  return { items, at: 0, why: 'the folder of its run is gone, and a later run landed its ticket' };
}

/** Logs of `sage validate --check=base`, and the verdicts that name them. */
async function validateLogs(sage: string, { usage, verdicts }: Belongings): Promise<Group> {
  const folder = join(sage, 'validate');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name !== CLEANED).sort();
  const times = await Promise.all(names.map((name) => stat(join(folder, name))));
  const files = names.length === 0 ? [] : (verdicts.get('../validate') ?? []);
  const items: Leftover[] = [
    ...files.map((name) => ({ kind: 'verdict', name, bytes: usage(name) }) as const),
    ...names.map((name) => {
      const path = join(folder, name);
      return { kind: 'run files', name: path, bytes: usage(path) } as const;
    }),
  ];
  return {
    items,
    at: Math.max(0, ...times.map(({ mtimeMs }) => mtimeMs)),
    why: 'logs of sage validate',
    ...(items.length > 0 ? { mark: { folder, cleaned: { version: 1 } } } : {}),
  };
}

/** Verdicts that no run's leftovers name and nobody made lately. */
async function oldVerdicts(
  { usage, verdicts }: Belongings,
  standings: readonly RunStanding[],
  before: number,
): Promise<Group> {
  const named = new Set<string>([
    '../validate',
    ...standings.filter(({ proof }) => proof).map(({ directory }) => directory.run),
  ]);
  const items: Leftover[] = [];
  for (const [run, files] of verdicts) {
    if (named.has(run)) continue;
    for (const name of files) {
      const found = await stat(name).catch(() => undefined);
      if (found && found.mtimeMs <= before)
        items.push({ kind: 'verdict', name, bytes: usage(name) });
    }
  }
  return { items, at: 0, why: 'an old verdict of the checks' };
}

async function basePins(
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
