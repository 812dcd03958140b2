import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { needsOf, standingOf } from '../engine/status.js';
import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summarise.js';
import { watchFile, type FileWatch } from '../journal/file-watch.js';
import { readLivingOwner, type Owner } from '../journal/read-owner.js';
import { listRuns, sageDirectory, type RunDirectory } from '../journal/run-directory.js';
import { followJournal, readFirstRecord } from '../journal/read.js';
import type { RunEvent } from '../model/event.js';
import { Refusal } from '../model/failure.js';
import type { Need, RunStatus } from '../model/status-schema.js';
import { isAlive } from '../process/identity.js';
import { foldNext, knownRun } from './read-run.js';
import { readSummary } from './read-summary.js';

/** A run as everybody can see it: its journal, read as it grows, and whether its process lives. Only looks. */
export interface RunWatch extends Disposable {
  readonly directory: RunDirectory;
  /** The fold of what was read; absent before the first record. */
  readonly state: RunState | undefined;
  /** Takes in what came since the last call, event by event; `state` already holds each event that is told. */
  read(onEvent?: (event: RunEvent, state: RunState) => void): Promise<RunStatus>;
  readonly grown: FileWatch['grown'];
}

/** The run that somebody named; else the one that goes on, or the newest that began. Nothing: none has. */
export async function watchRun(
  commonDir: string,
  asked: string | undefined,
): Promise<RunWatch | undefined> {
  const runs = await listRuns(commonDir);
  const named = asked === undefined ? undefined : await knownRun(commonDir, asked);
  for (const directory of [...runs].reverse()) {
    if (named === undefined ? await hasBegun(directory) : directory.run === named)
      return watchOf(commonDir, directory);
  }
  return undefined;
}

/** One that was killed before its first record was on the disk never began. */
const hasBegun = async ({ events }: RunDirectory) => (await readFirstRecord(events)) !== undefined;

function watchOf(commonDir: string, directory: RunDirectory): RunWatch {
  const news = followJournal(directory.events);
  const word = watchFile(directory.events);
  let state: RunState | undefined;
  return {
    directory,
    get state() {
      return state;
    },
    async read(onEvent) {
      // Asked before the journal is read: what a process wrote before it ended is then known.
      const owner = await ownerOf(commonDir, directory);
      word.rearm();
      const came = await news();
      if (!came.ok) return fromSummary(directory, new Refusal([came.failure], 2));
      for (const event of came.value) {
        state = foldNext(state, event);
        if (state === undefined) break;
        onEvent?.(event, state);
      }
      const output = await outputOf(directory);
      return { ...statusOf(directory, state, owner), ...(output ? { output } : {}) };
    },
    grown: (limitMs) => word.grown(limitMs),
    [Symbol.dispose]: () => word[Symbol.dispose](),
  };
}

/** Its process, if that lives, or may. */
async function ownerOf(commonDir: string, { run }: RunDirectory): Promise<Owner | undefined> {
  const owner = await readLivingOwner(sageDirectory(commonDir));
  return owner?.run === run ? owner : undefined;
}

function statusOf(
  { run }: RunDirectory,
  state: RunState | undefined,
  owner: Owner | undefined,
): RunStatus {
  const head = {
    version: 1 as const,
    run,
    ...(owner && !state?.finished ? { pid: owner.pid } : {}),
    ...(owner && isAlive(owner) === 'unknown' ? { host: owner.host } : {}),
  };
  if (state === undefined) return { ...head, state: owner ? 'running' : 'none', needs: [] };
  const word = wordOf(state, owner);
  const { suspended, stop, finished } = state;
  const failure = finished ? undefined : (suspended ?? stop?.failure);
  return {
    ...head,
    state: word,
    ...standingOf(state),
    ...(failure
      ? {
          failure: {
            code: failure.code,
            message: failure.message,
            ...(failure.hint ? { hint: failure.hint } : {}),
          },
        }
      : {}),
    needs: [...needsOf(state), ...wayOn(word)],
    ...(finished ? { summary: summarise(state) } : {}),
  };
}

function wordOf(state: RunState, owner: Owner | undefined): RunStatus['state'] {
  if (state.finished) return 'finished';
  if (state.suspended) return 'suspended';
  if (!owner) return 'died';
  if (state.stop) return 'stopping';
  return state.paused === undefined ? 'running' : 'paused';
}

function wayOn(word: RunStatus['state']): Need[] {
  if (word === 'died')
    return [{ what: 'its process died; nothing is lost', command: 'sage resume' }];
  if (word === 'suspended')
    return [{ what: 'it stopped and loses nothing', command: 'sage resume' }];
  return [];
}

/** A run whose journal cannot be read, but which was salvaged: its summary is what is known. */
async function fromSummary(directory: RunDirectory, refusal: Refusal): Promise<RunStatus> {
  const summary = await readSummary(directory);
  if (!summary) throw refusal;
  const { run, branch, target } = summary;
  return { version: 1, state: 'finished', run, branch, target, needs: [], summary };
}

/** The newest file of a detached run's output. */
async function outputOf({ path }: RunDirectory): Promise<string | undefined> {
  const names = await readdir(path).catch(() => []);
  const part = (name: string) => Number(/^output-(\d+)\.log$/.exec(name)?.[1] ?? 1);
  const [newest] = names
    .filter((name) => /^output(-\d+)?\.log$/.test(name))
    .sort((one, other) => part(other) - part(one));
  return newest === undefined ? undefined : join(path, newest);
}
