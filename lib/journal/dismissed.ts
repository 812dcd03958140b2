import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { RunDirectory } from './run-directory.js';
import { syncFolder } from './sync-folder.js';

/** A follow-up of a run that nobody wants; it goes with the run's record. */
interface Dismissed {
  readonly version: 1;
  readonly report: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reason?: string;
}

const folderOf = ({ path }: RunDirectory) => join(path, 'dismissed');

/** Numbers of the reports of a run that were dismissed. */
export async function readDismissed(directory: RunDirectory): Promise<ReadonlySet<string>> {
  const names = await readdir(folderOf(directory)).catch(() => []);
  return new Set(names.flatMap((name) => /^(\d+\.\d+)\.json$/.exec(name)?.[1] ?? []));
}

/** A file for each, so that two who dismiss at once do not undo each other. Throws what the disk says. */
export async function writeDismissed(directory: RunDirectory, dismissed: Dismissed): Promise<void> {
  const folder = folderOf(directory);
  await mkdir(folder, { recursive: true });
  const text = `${JSON.stringify(dismissed)}\n`;
  await writeFileAtomic(join(folder, `${dismissed.report}.json`), text);
  await syncFolder(folder);
}
