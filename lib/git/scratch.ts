import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, thisProcess } from '../process/identity.js';
import type { Depot } from './places.js';

const folderOf = ({ path }: Pick<Depot, 'path'>) => join(path, 'scratch');

let own: string | undefined;

/** This process in a file's name: `4711,started,boot,host`, each part as in a URL. */
const ownName = () => {
  const { pid, started, boot, host } = thisProcess();
  return [pid, started, boot, host].map(encodeURIComponent).join(',');
};

/** A free name below the depot for a file or folder that its maker removes again; {@link sweepScratch} when it died. */
export async function scratchPath(depot: Pick<Depot, 'path'>): Promise<string> {
  await mkdir(folderOf(depot), { recursive: true });
  return join(folderOf(depot), `${(own ??= ownName())},${randomUUID()}`);
}

/** Removes what processes that are certainly dead had no time to remove. Never fails: the next call tries again. */
export async function sweepScratch(depot: Pick<Depot, 'path'>): Promise<void> {
  for (const path of await deadScratch(depot)) {
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Paths of what processes that are certainly dead had no time to remove. */
export async function deadScratch(depot: Pick<Depot, 'path'>): Promise<readonly string[]> {
  const names = await readdir(folderOf(depot)).catch(() => []);
  const left = names.filter((name) => {
    const [pid = '', started = '', boot = '', host = ''] = name.split(',').map(decoded);
    return isAlive({ pid: Number(pid), started, boot, host }) === 'dead';
  });
  return left.map((name) => join(folderOf(depot), name));
}

const decoded = (part: string) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
};
