import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unfinishedOperation } from '../git/unfinished-operation.js';
import type { LaneLink } from './lane-link.js';
import type { Lane } from './lane.js';

/** Files with a conflict in the index that nobody resolved, in the index or in the file. */
export async function conflicts(lane: Lane, unmerged: readonly string[]): Promise<string[]> {
  const sides = new Map<string, string[]>();
  for (const line of unmerged) {
    const path = Buffer.from(line.slice(line.indexOf('\t') + 1), 'latin1').toString('utf8');
    const side = line.slice(0, line.indexOf('\t')).split(' ')[2] ?? '';
    sides.set(path, [...(sides.get(path) ?? []), side]);
  }
  const open: string[] = [];
  for (const [path, found] of sides) {
    const isBothSides = found.includes('2') && found.includes('3');
    if (!isBothSides || (await hasMarkers(join(lane.path, path)))) open.push(path);
  }
  return open;
}

async function hasMarkers(path: string): Promise<boolean> {
  const text = await readFile(path, 'latin1').catch(() => undefined);
  return text === undefined || /^(<{7}|>{7})( |$)/m.test(text);
}

/** What was begun in a lane and not ended, with the files in conflict; undefined: nothing. */
export async function unfinished(
  link: LaneLink,
  conflicted: readonly string[],
): Promise<string | undefined> {
  const where = conflicted.length === 0 ? '' : `: ${conflicted.slice(0, 10).join(', ')}`;
  const what = await unfinishedOperation(link.gitDir, 'under way');
  if (what !== undefined) return `${what} half done${where}`;
  return conflicted.length === 0 ? undefined : `a merge with unresolved conflicts${where}`;
}
