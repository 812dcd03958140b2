import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** Stands in a folder of logs that `sage clean` has emptied: what is not there any more was there. */
export interface Cleaned {
  readonly version: 1;
  /** ISO 8601. */
  readonly at: string;
  /** The user's ref that held all that the run had landed; absent: it had landed nothing. */
  readonly heldBy?: string;
}

export const CLEANED = 'cleaned.json';

export async function readCleaned(folder: string): Promise<Cleaned | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, CLEANED), 'utf8')) as Cleaned;
  } catch {
    return undefined;
  }
}

/** To be written before the first file goes. */
export const writeCleaned = (folder: string, cleaned: Cleaned): Promise<void> =>
  writeFileAtomic(join(folder, CLEANED), `${JSON.stringify(cleaned)}\n`);

/** The mark of the nearest folder above `file` that has one; `depth` folders are looked at. */
export async function cleanedAbove(file: string, depth = 3): Promise<Cleaned | undefined> {
  let folder = dirname(file);
  for (let step = 0; step < depth; step += 1, folder = dirname(folder)) {
    const cleaned = await readCleaned(folder);
    if (cleaned) return cleaned;
  }
  return undefined;
}
