import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { RunDirectory } from '../journal/run-directory.js';
import type { Backlog } from '../model/backlog.js';
import type { Config } from '../model/config.js';
import type { TicketId } from '../model/ids.js';
import type { Plan } from '../model/plan.js';
import type { Ticket } from '../model/ticket.js';
import type { PromptDocument } from './documents.js';
import type { KeyMarks } from './keys.js';

/** What a run needs beside its journal, fixed at its start, so that a resumed run works with the very same words. */
export interface RunFiles {
  /** The tickets that this run works on, as the index said at its start. */
  readonly tickets: readonly Ticket[];
  readonly documents: Readonly<Record<TicketId, readonly PromptDocument[]>>;
  readonly config: Config;
  /** As its plan says, for whoever finds no journal. */
  readonly backlog?: Backlog;
  /** Which keys of its pools it began with. */
  readonly keys?: KeyMarks;
  /** The checkout's index was byte for byte what the base tracks. */
  readonly indexWasUnchanged: boolean;
}

/** Writes plan and files before the first event names them. */
export async function writeRunFiles(
  directory: RunDirectory,
  plan: Plan,
  files: RunFiles,
): Promise<void> {
  await writeJson(directory.plan, plan);
  await writeJson(directory.tickets, files);
}

/** The plan that a run was begun with. */
export async function readPlan(directory: RunDirectory): Promise<Plan> {
  return JSON.parse(await readFile(directory.plan, 'utf8')) as Plan;
}

export async function readRunFiles(directory: RunDirectory): Promise<RunFiles> {
  return JSON.parse(await readFile(directory.tickets, 'utf8')) as RunFiles;
}

/** Replaces a JSON file in one step; folders are made. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(value)}\n`);
}
