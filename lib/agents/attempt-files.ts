import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { diskTrouble } from '../journal/disk-trouble.js';
import { syncFolder } from '../journal/sync-folder.js';
import type { AgentOutcome } from '../model/agent.js';

/** The files of one call (round) in its attempt's folder. The first round's have no number. */
export interface RoundFiles {
  readonly prompt: string;
  readonly log: string;
  readonly end: string;
  /** One for all rounds. */
  readonly activity: string;
}

export function roundFiles(folder: string, round: number): RoundFiles {
  const suffix = round === 1 ? '' : `-${round}`;
  return {
    prompt: join(folder, `prompt${suffix}.md`),
    log: join(folder, `output${suffix}.log`),
    end: join(folder, `end${suffix}.json`),
    activity: join(folder, 'activity.ndjson'),
  };
}

/** OpenCode's own record of an attempt's sessions, beside the files of its calls; SQLite puts two more beside it. */
export const OPENCODE_RECORD = 'opencode.db';

/**
 * Takes away what CLIs keep for themselves of the sessions of a run that has ended, and nobody has looked through for
 * secrets; `attempts`: the folder of all its attempts. What cannot be taken away stays.
 */
export async function dropOwnRecords(attempts: string): Promise<void> {
  const names = await readdir(attempts).catch(() => []);
  await Promise.all(
    names.flatMap((name) =>
      ['', '-wal', '-shm'].map((suffix) =>
        rm(join(attempts, name, `${OPENCODE_RECORD}${suffix}`), { force: true }).catch(
          () => undefined,
        ),
      ),
    ),
  );
}

/**
 * Remembers how a call ended, on disk for good before anybody is told: a finished agent has been paid for and is never
 * called again.
 */
export async function writeEnd(file: string, outcome: AgentOutcome): Promise<void> {
  const text = `${JSON.stringify(outcome)}\n`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFileAtomic(file, text);
  } catch (error) {
    if (!(await diskTrouble(error, file))) throw error;
    await writeIntoRoom(file, text);
  }
  await rm(roomOf(file), { force: true });
  // The file is flushed; its name is in the folder.
  await syncFolder(dirname(file));
}

/**
 * Takes the room that the end of a call will need while there is some: a full disk then stops the call before it costs
 * anything, and not the record of one that has been paid for. Throws what the disk says.
 */
export async function keepRoom(end: string): Promise<void> {
  await mkdir(dirname(end), { recursive: true });
  await writeFile(roomOf(end), Buffer.alloc(ROOM_BYTES, ' '));
}

/** An outcome has a message and evidence of 2,000 characters each, and reports of at most 24 KiB. */
const ROOM_BYTES = 40 * 1024;

const roomOf = (end: string) => `${end}.room`;

/** Blanks behind JSON are JSON, too: nothing is cut off before the new text is on the disk. */
async function writeIntoRoom(end: string, text: string): Promise<void> {
  const room = await open(roomOf(end), 'r+');
  try {
    await room.writeFile(text);
    await room.sync();
  } finally {
    await room.close();
  }
  await rename(roomOf(end), end);
}

/** How a call ended, if it did. */
export async function readEnd(file: string): Promise<AgentOutcome | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as AgentOutcome;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
