import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../lib/model/clock.js';
import { createRunProcess } from '../../lib/process/run-process.js';
import type { RunProcess } from '../../lib/process/process-spec.js';

/** Real time. */
export const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** A temporary folder with a run directory in it, and real processes. */
export interface CheckWorld {
  readonly root: string;
  readonly runDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly runProcess: RunProcess;
  readonly cancel: AbortController;
  logs(): Promise<readonly string[]>;
  read(path: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createCheckWorld(): Promise<CheckWorld> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'sage-test-')));
  const runDirectory = join(root, 'runs/run-1');
  const cancel = new AbortController();
  return {
    root,
    runDirectory,
    env: { PATH: process.env['PATH'] ?? '', HOME: root },
    runProcess: createRunProcess({ clock }),
    cancel,
    logs: () => readdir(join(runDirectory, 'checks')),
    read: (path) => readFile(path, 'utf8'),
    [Symbol.asyncDispose]: async () => {
      cancel.abort();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
