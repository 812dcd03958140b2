import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { abandoned } from '../git/make-bare.js';
import type { Depot } from '../git/places.js';
import { deadScratch } from '../git/scratch.js';
import { CLEANED } from '../journal/cleaned.js';
import type { DiskUsage } from './disk-usage.js';
import type { Group, Leftover } from './leftover.js';
import type { RunStanding } from './prove-runs.js';
import { isLanded, ownerOf, type Belongings } from './run-leftovers.js';

/** Folders in which processes of ours worked that are dead. */
export async function scratch(
  depot: Depot | undefined,
  sage: string,
  usage: DiskUsage,
): Promise<Group> {
  const names = [
    ...(depot ? await deadScratch(depot) : []),
    ...(await abandoned(sage, 'depot')),
    ...(await abandoned(sage, 'vault')),
  ];
  const items = names.map((name) => ({ kind: 'scratch', name, bytes: usage(name) }) as const);
  return { items, at: 0, why: 'a process that died left it' };
}

/** Kept work of runs whose folder somebody removed, where a later run landed the ticket. */
export function orphans(all: Belongings, standings: readonly RunStanding[]): Group {
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
export async function validateLogs(sage: string, { usage, verdicts }: Belongings): Promise<Group> {
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
export async function oldVerdicts(
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
