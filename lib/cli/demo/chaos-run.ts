import { spawn } from 'node:child_process';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readJournal, type JournalContent } from '../../journal/read.js';
import { listRuns } from '../../journal/run-directory.js';
import type { RunEvent } from '../../model/event.js';
import type { RunId } from '../../model/ids.js';
import type { Prey } from './kill.js';
import type { Stage } from './stage.js';

/** The one run of the demo, as its journal tells it; absent before it began. */
export interface Told extends JournalContent {
  readonly run: RunId;
  readonly file: string;
  /** Why the journal cannot be read. */
  readonly damage?: string;
}

/** Reads the journal of the newest run. */
export async function tellRun({ repository }: Stage): Promise<Told | undefined> {
  const directory = (await listRuns(join(repository, '.git'))).at(-1);
  if (!directory) return undefined;
  const { run, events: file } = directory;
  const journal = await readJournal(file);
  if (journal.ok) return { ...journal.value, run, file };
  const damage = journal.failure.message;
  return { run, file, damage, events: [], wholeBytes: 0, isTorn: false, lastSum: '' };
}

export const isOver = (told: Told | undefined) => told?.events.at(-1)?.type === 'run.finished';

/** One start of sage, in a process group of its own, its output in the demo's log. */
export interface Start extends Prey {
  readonly exited: Promise<number | null>;
  /** Settles when so many records more than at its start are in the journal, or it has ended. */
  records(count: number): Promise<void>;
}

const POLL_MS = 5;

export async function startSage(
  stage: Stage,
  words: readonly string[],
  log: string,
): Promise<Start> {
  const before = (await tellRun(stage))?.events.length ?? 0;
  const output = await open(log, 'a');
  try {
    await output.write(`$ sage ${words.join(' ')}\n`);
    return begun(stage, words, output, before);
  } finally {
    await output.close();
  }
}

function begun(stage: Stage, words: readonly string[], output: FileHandle, before: number): Start {
  const child = spawn(process.execPath, [join(stage.home, 'bin/sage'), ...words], {
    cwd: stage.repository,
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: stage.variables,
  });
  let hasEnded = false;
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      hasEnded = true;
      resolve(code);
    });
  });
  // It is awaited later, and may be rejected before.
  exited.catch(() => {
    hasEnded = true;
  });
  const events = async (): Promise<readonly RunEvent[]> => (await tellRun(stage))?.events ?? [];
  return {
    pid: child.pid ?? 0,
    exited,
    events,
    hasEnded: () => hasEnded,
    async records(count) {
      let size: number | undefined;
      let file = '';
      while (!hasEnded) {
        const now = (await stat(file).catch(() => undefined))?.size;
        // Read only when it has grown.
        if (now === undefined || now !== size) {
          const told = await tellRun(stage);
          if ((told?.events.length ?? 0) >= before + count) return;
          file = told?.file ?? '';
          size = now;
        }
        await pause(POLL_MS);
      }
    },
  };
}
