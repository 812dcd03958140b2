import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sageDirectory, type RunDirectory } from '../journal/run-directory.js';
import { backlogs, indexPathOf } from '../model/backlog.js';
import type { RunEvent } from '../model/event.js';
import type { Surroundings } from './surroundings.js';

/** What write-file-atomic calls a file until it is whole: the name that it will have, a dot and a 32-bit number. */
const DRAFT = /\.json\.\d{1,10}$/;

/**
 * Removes the files that a killed process of the run was still writing, beside those that they were to replace. For the
 * repository's owner only, when no process of the run is left. Never fails: a draft is in nobody's way. `since`: when a
 * dead owner began who may have been writing the states that an ended run owed to the index.
 */
export async function clearDrafts(
  { repository, lanesRoot }: Pick<Surroundings, 'repository' | 'lanesRoot'>,
  directory: RunDirectory,
  events: readonly RunEvent[],
  since?: string,
): Promise<void> {
  const own = sageDirectory(repository.commonDir);
  const indexFiles = backlogs.map((backlog) => join(repository.root, indexPathOf(backlog)));
  const drafts = [
    ...(await draftsIn(own)),
    ...(await draftsIn(join(own, 'verdicts'))),
    ...(await draftsIn(directory.path, true)),
    ...(await draftsIn(lanesRoot)),
    ...(
      await Promise.all(indexFiles.map((file) => indexDrafts(file, cutOff(events) ?? since)))
    ).flat(),
  ];
  await Promise.all(drafts.map((file) => rm(file, { force: true }).catch(() => undefined)));
}

async function draftsIn(folder: string, recursive = false): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive }).catch(() => []);
  return names.filter((name) => DRAFT.test(name)).map((name) => join(folder, name));
}

/** When the run began to write the index, if it died at that. */
function cutOff(events: readonly RunEvent[]): string | undefined {
  const last = events.findLast(({ type }) => /^tickets\.project(ing|ed)$/.test(type));
  return last?.type === 'tickets.projecting' ? last.at : undefined;
}

/**
 * Drafts of the ticket index, which lies among the user's files: only when somebody died who may have been writing it,
 * and only what has come since.
 */
async function indexDrafts(
  indexFile: string,
  since: string | undefined,
): Promise<readonly string[]> {
  if (since === undefined) return [];
  const target = await realpath(indexFile).catch(() => indexFile);
  const files = (await draftsIn(dirname(target))).filter((file) => file.startsWith(`${target}.`));
  const isSince = await Promise.all(
    files.map(
      async (file) =>
        ((await stat(file).catch(() => undefined))?.mtimeMs ?? 0) >= Date.parse(since),
    ),
  );
  return files.filter((_, index) => isSince[index]);
}
