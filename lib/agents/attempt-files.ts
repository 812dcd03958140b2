import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
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

/**
 * Remembers how a call ended, on disk for good before anybody is told: a finished agent has been paid for and is never
 * called again.
 */
export async function writeEnd(file: string, outcome: AgentOutcome): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(outcome)}\n`);
  // The file is flushed; its name is in the folder.
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
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
