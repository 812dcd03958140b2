import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linkOf, listLanes } from '../lanes/remove-lane.js';
import type { KeptThing } from '../model/cleaning-schema.js';
import type { DiskUsage } from './disk-usage.js';

/** Folders of lanes beside ours whose repository is gone: their lanes say where it was. They are told and stay. */
export async function lanesWithoutRepository(
  lanesRoot: string,
  usage: DiskUsage,
): Promise<readonly KeptThing[]> {
  const all = dirname(lanesRoot);
  const found: KeptThing[] = [];
  for (const name of (await readdir(all).catch(() => [])).sort()) {
    const root = join(all, name);
    if (root === lanesRoot) continue;
    const links = await Promise.all((await listLanes(root)).map((lane) => linkOf(root, lane)));
    // <repository>/.git/sage/depot.git/worktrees/lane-1
    const depots = links.flatMap((link) => (link === undefined ? [] : [dirname(dirname(link))]));
    const [depot] = depots;
    if (depot === undefined || (await isThere(depots))) continue;
    found.push({
      name: root,
      bytes: usage(root),
      why: `lanes of a repository that is not there any more (${dirname(dirname(depot))})`,
      command: `rm -r ${JSON.stringify(root)}`,
    });
  }
  return found;
}

async function isThere(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return found.some((one) => one !== undefined);
}
