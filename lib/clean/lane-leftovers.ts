import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { goneFolder, linkOf, listLanes } from '../lanes/remove-lane.js';
import { laneAt } from '../lanes/lane.js';
import { readLaneRecord, type LaneGuest } from '../lanes/lane-record.js';
import type { KeptThing } from '../model/cleaning-schema.js';
import type { DiskUsage } from './disk-usage.js';
import type { Group } from './leftover.js';

/** A lane that may go, or why it may not. */
export interface LaneStanding {
  readonly name: string;
  readonly path: string;
  /** When an attempt or check was let into it last, milliseconds since 1970. */
  readonly at: number;
  readonly bytes: number;
  readonly guest?: LaneGuest;
  /** The commit it stands on; absent: it cannot be told. */
  readonly head?: string;
  readonly inTheWay?: string;
}

/** All lanes below a root, as they are. `blocked`: why none of them may go at all. */
export async function lookAtLanes(
  root: string,
  usage: DiskUsage,
  blocked: string | undefined,
): Promise<readonly LaneStanding[]> {
  const names = await listLanes(root);
  const folders = names.length === 0 ? [] : await workingFolders();
  return Promise.all(
    names.map(async (name) => {
      const { path } = laneAt(root, name);
      const { guest } = await readLaneRecord(laneAt(root, name));
      const link = await linkOf(root, name);
      const head = link && (await readFile(join(link, 'HEAD'), 'utf8').catch(() => ''));
      const used = (await stat(`${path}.json`).catch(() => undefined)) ?? (await stat(path));
      const user = folders.find(({ folder }) => `${folder}/`.startsWith(`${path}/`));
      const isBroken = !head && guest?.isHarvested === false;
      const inTheWay =
        blocked ??
        (user && `process ${user.pid} works in it`) ??
        (isBroken ? `it is broken, and what ${guest.attempt} left lies there` : undefined);
      const beside = ['json', 'index', 'tmp'].map((end) => usage(`${path}.${end}`));
      const bytes = beside.reduce((sum, one) => sum + one, usage(path));
      return {
        ...{ name, path, at: used.mtimeMs, bytes },
        ...(guest ? { guest } : {}),
        ...(head && /^[0-9a-f]{40,64}$/.test(head.trim()) ? { head: head.trim() } : {}),
        ...(inTheWay === undefined ? {} : { inTheWay }),
      };
    }),
  );
}

/** Working folders of the processes that can be looked at; none where the system does not tell. */
async function workingFolders() {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => ({
      pid,
      folder: await readlink(`/proc/${pid}/cwd`).catch(() => ''),
    })),
  );
  return found.filter(({ folder }) => folder !== '');
}

export function laneGroup({ path, bytes, at, guest }: LaneStanding): Group {
  const why =
    guest?.isHarvested === false
      ? `it is idle; what ${guest.attempt} left in it is kept first`
      : 'it is idle, and its work was taken';
  return { items: [{ kind: 'lane', name: path, bytes }], at, why };
}

/** What lies beside the lanes and is nobody's attempt: it is told and stays. */
export async function putAsideThings(
  root: string,
  usage: DiskUsage,
): Promise<readonly KeptThing[]> {
  const folder = join(root, 'aside');
  return (await readdir(folder).catch(() => [])).sort().map((name) => ({
    name: join(folder, name),
    bytes: usage(join(folder, name)),
    why: 'a repository that was made in a lane, or files of a broken one, put aside',
  }));
}

/** Lanes that a killed call had no time to remove. */
export async function goneThings(root: string, usage: DiskUsage): Promise<Group> {
  const folder = goneFolder(root);
  const bytes = usage(folder);
  const isThere = await stat(folder).catch(() => undefined);
  const items = isThere ? [{ kind: 'scratch', name: folder, bytes } as const] : [];
  return { items, at: 0, why: 'an earlier sage clean was cut off' };
}
