import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive, thisProcess, type ProcessIdentity } from '../process/identity.js';

/** A process that holds the landing lock or is trying to, as its own file beside the lock tells. */
export interface Contender extends ProcessIdentity {
  /** `run 20261121-…`. */
  readonly name: string;
  /** ISO 8601. */
  readonly since: string;
  /** The lock that it holds: names one making of it, since inodes are used again. Absent: none that it knows of. */
  readonly lock?: string;
}

/** This process among the contenders. */
export interface Candidacy {
  /** Tells which lock it got. */
  holds(lock: string): Promise<void>;
  leave(): Promise<void>;
}

let count = 0;
/** Asked once: it costs a process where there is no /proc. */
let identity: ProcessIdentity | undefined;

/**
 * Leaves this process's name beside the lock `file`. Done before the lock is tried for and taken back after it is
 * released, so that a lock of which all known contenders are dead has no living holder, also when its maker was
 * killed before it could say that it got it.
 */
export async function enterContender(file: string, name: string): Promise<Candidacy> {
  count += 1;
  const path = `${file}.${process.pid}-${count}.json`;
  identity ??= thisProcess();
  const self: Contender = { ...identity, name, since: new Date().toISOString() };
  const write = async (contender: Contender) => {
    await writeFile(`${path}.new`, `${JSON.stringify(contender)}\n`);
    await rename(`${path}.new`, path);
  };
  await write(self);
  return {
    holds: (lock) => write({ ...self, lock }),
    leave: () => rm(path, { force: true }),
  };
}

/** All that are known, dead ones that could not take their name back included. */
export async function readContenders(file: string): Promise<readonly Contender[]> {
  const all = await Promise.all((await pathsOf(file)).map(readContender));
  return all.filter((one) => one !== undefined);
}

/** Removes the names of dead processes: for the holder of the lock. */
export async function forgetDeadContenders(file: string): Promise<void> {
  for (const path of await pathsOf(file)) {
    const contender = await readContender(path);
    if (contender && isAlive(contender) === 'dead') await rm(path, { force: true });
  }
}

async function pathsOf(file: string): Promise<readonly string[]> {
  const start = `${basename(file)}.`;
  const names = await readdir(dirname(file));
  return names
    .filter(
      (name) => name.startsWith(start) && /^\d+-\d+\.json(\.new)?$/.test(name.slice(start.length)),
    )
    .map((name) => join(dirname(file), name));
}

async function readContender(path: string): Promise<Contender | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Contender;
  } catch {
    return undefined;
  }
}
