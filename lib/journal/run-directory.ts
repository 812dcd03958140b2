import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from './sync-folder.js';
import {
  numberOf,
  runId,
  safeName,
  ticketOf,
  type AttemptAddress,
  type RunId,
} from '../model/ids.js';

/** Where everything of one run lies: below the repository's common git directory, so never tracked or cleaned. */
export interface RunDirectory {
  readonly run: RunId;
  readonly path: string;
  readonly events: string;
  readonly plan: string;
  readonly tickets: string;
  readonly summary: string;
}

/** `<commonDir>/sage`: journals, depot, locks, verdicts. */
export const sageDirectory = (commonDir: string) => join(commonDir, 'sage');

const runsDirectory = (commonDir: string) => join(sageDirectory(commonDir), 'runs');

export function runDirectory(commonDir: string, run: RunId): RunDirectory {
  const path = join(runsDirectory(commonDir), run);
  return {
    run,
    path,
    events: join(path, 'events.ndjson'),
    plan: join(path, 'plan.json'),
    tickets: join(path, 'tickets.json'),
    summary: join(path, 'summary.json'),
  };
}

/** The folder of one attempt: prompt, output, what it was doing. `T-12#2` → `attempts/T-12-2`. */
export function attemptDirectory(directory: RunDirectory, attempt: AttemptAddress): string {
  const name = `${safeName(ticketOf(attempt))}-${numberOf(attempt)}`;
  return join(attemptsDirectory(directory), name);
}

/** Those of all attempts of a run. */
export const attemptsDirectory = ({ path }: RunDirectory) => join(path, 'attempts');

export async function createRunDirectory(commonDir: string, run: RunId): Promise<RunDirectory> {
  const directory = runDirectory(commonDir, run);
  const first = await mkdir(directory.path, { recursive: true });
  // The names of all folders that are new: without power they would be gone with what lies in them.
  for (let path = directory.path; first !== undefined; path = dirname(path)) {
    await syncFolder(dirname(path));
    if (path === first) break;
  }
  return directory;
}

/** All runs of the repository, oldest first. A repository without any has none. */
export async function listRuns(commonDir: string): Promise<readonly RunDirectory[]> {
  const names = await readdir(runsDirectory(commonDir)).catch(() => []);
  return names
    .filter(isRunId)
    .sort()
    .map((name) => runDirectory(commonDir, runId(name)));
}

/** Whether a text is spelled as {@link newRunId} spells ids. */
export const isRunId = (text: string) => /^\d{8}-\d{6}-[0-9a-f]+$/.test(text);

/** A new run's id: `YYYYMMDD-HHMMSS-xxxx`, UTC; `nonce` keeps two of one second apart. */
export function newRunId(epochMs: number, nonce: string): RunId {
  const stamp = new Date(epochMs).toISOString().replace(/[-:]/g, '').replace('T', '-');
  return runId(`${stamp.slice(0, 15)}-${nonce}`);
}
