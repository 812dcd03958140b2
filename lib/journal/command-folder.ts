import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCommandType, type Command } from '../model/command.js';
import type { RunDirectory } from './run-directory.js';

/** Commands from other processes to the one that owns a run: one small file each, taken in the order of their names. */
const folderOf = (directory: RunDirectory) => join(directory.path, 'inbox');

/** Notifications may be lost; then a command waits this long. */
const LOOK_MS = 1_000;

/** Leaves a command for the owner. Whether somebody takes it shows in the journal. */
export async function sendCommand(
  directory: RunDirectory,
  command: Command,
  epochMs: number,
): Promise<void> {
  const folder = folderOf(directory);
  await mkdir(folder, { recursive: true });
  const name = join(folder, `${String(epochMs).padStart(15, '0')}-${process.pid}`);
  await writeFile(`${name}.draft`, JSON.stringify(command));
  await rename(`${name}.draft`, `${name}.json`);
}

/**
 * Tells every command that is left from now on, until disposed. Those that lie there already were meant for a process
 * that is dead, and are taken away. Keeps the process alive: a paused run waits for nothing else.
 */
export async function listenForCommands(
  directory: RunDirectory,
  onCommand: (command: Command) => void,
): Promise<Disposable> {
  const folder = folderOf(directory);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  let isOver = false;
  const taken = new Set<string>();
  let last: Promise<void> = Promise.resolve();
  const look = () => {
    last = last.then(async () => {
      if (!isOver) await takeAll(folder, taken, onCommand);
    });
  };
  const watcher = watch(folder, look);
  // Where the folder cannot be watched, or goes away, looking now and then is enough.
  watcher.on('error', () => undefined);
  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    [Symbol.dispose]() {
      isOver = true;
      watcher.close();
      clearInterval(timer);
    },
  };
}

/** What cannot be taken away, on a disk that is write-protected now, is told once all the same. */
async function takeAll(
  folder: string,
  taken: Set<string>,
  onCommand: (command: Command) => void,
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.json') && !taken.has(one)).sort()) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8').catch(() => '');
    await rm(file, { force: true }).catch(() => taken.add(name));
    const command = parsed(text);
    if (command) onCommand(command);
  }
}

/** A file that holds something else was not written by us. */
function parsed(text: string): Command | undefined {
  try {
    const value = JSON.parse(text) as Partial<Command> | null;
    if (value === null || typeof value.by !== 'string') return undefined;
    return isCommandType(value.type) ? (value as Command) : undefined;
  } catch {
    return undefined;
  }
}
