import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Repository } from '../../git/places.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { World } from './world.js';

/** Room to leave on a disk whatever the lanes take. */
const RESERVE_BYTES = 256 * 1024 * 1024;

/** Whether lanes could be made: their folder is writable and holds the checkouts of as many as are recommended. */
export async function probeSpace(
  { context, plan, start }: World,
  { git, root: cwd }: Repository,
): Promise<readonly Diagnostic[]> {
  const folder = await existing(context.environment.stateHome);
  const where = { file: context.environment.stateHome };
  const problem = await writeProblem(folder);
  if (problem !== undefined) {
    return [
      {
        severity: 'error',
        code: 'lane/not-writable',
        message: `Lanes cannot be made: ${folder} ${problem}.`,
        hint: 'Make it writable, or set XDG_STATE_HOME to a folder that is.',
        where,
      },
    ];
  }
  if (!start?.ok) return [];
  const files = await git(['ls-tree', '-r', '-l', '-z', start.value.commit], { cwd });
  if (!files.ok) return [];
  // One more than agents: the lane in which what would land is checked.
  const lanes = (plan?.recommendedSlots ?? 1) + 1;
  const needed = lanes * sizeOf(files.value.stdout) + RESERVE_BYTES;
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return [];
  return [
    {
      severity: 'warning',
      code: 'lane/little-space',
      message: `${megabytes(free)} are free at ${folder}; ${lanes} lanes need about ${megabytes(needed)} for the tracked files alone.`,
      hint: 'Make room, use fewer agents, or set XDG_STATE_HOME to a larger disk.',
      where,
    },
  ];
}

/** The folder, or the nearest one above it that exists. */
async function existing(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    if (path === dirname(path) || (await stat(path).catch(() => undefined))) return path;
  }
}

async function writeProblem(folder: string): Promise<string | undefined> {
  if (!(await stat(folder)).isDirectory()) return 'is not a folder';
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (error: unknown) => `cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
  );
}

/** Sum of the sizes that `ls-tree -l -z` tells: `mode type object size<TAB>path`. */
function sizeOf(listing: string): number {
  let bytes = 0;
  for (const [, size] of listing.matchAll(/(?:^|\0)\d+ blob [0-9a-f]+ +(\d+)\t/g)) {
    bytes += Number(size);
  }
  return bytes;
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MB`;
