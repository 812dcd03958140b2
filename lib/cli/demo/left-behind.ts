import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commandLinesWith } from '../../process/command-line.js';
import { findMarked } from '../../process/sweep.js';
import { livesOf } from '../../run/life.js';
import type { Told } from './chaos-run.js';
import type { Stage } from './stage.js';

/** Within this time after its orchestrator a warden and what it ends are gone. */
const PATIENCE_MS = 2_000;

/** Locks, claims, and the names under which git, sage and their packages write what is not whole yet. */
const PASSING = [
  /\.lock$/,
  /\.mover$/,
  /^owner\.json/,
  /^tmp_(obj|pack|idx|rev)_/,
  /^\.tmp-/,
  /\.json\.\d+$/,
];

/** Processes, locks and temporary files that the demo's runs left, a line each. */
export async function leftBehind(
  { folder, repository }: Stage,
  temporary: string,
  told: Told | undefined,
): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const places = names.map(({ name, parentPath }) => ({ name, path: join(parentPath, name) }));
  const scratch = join(repository, '.git/sage/depot.git/scratch');
  const files = places.filter(
    ({ name, path }) =>
      PASSING.some((pattern) => pattern.test(name)) ||
      [temporary, scratch].some((inside) => path.startsWith(`${inside}/`)),
  );
  return [
    ...(await livingProcesses(folder, told)),
    ...files.map(({ path }) => `left: ${relative(folder, path)}`),
  ];
}

async function livingProcesses(folder: string, told: Told | undefined): Promise<string[]> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const left = await look(folder, told);
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await pause(50);
  }
}

/** By the run's marks, and, for those that carry none, by the folder or the run in their command line. */
async function look(folder: string, told: Told | undefined): Promise<string[]> {
  const left = new Map<number, string>();
  const texts = told ? [folder, told.run] : [folder];
  for (const text of texts) {
    for (const { pid, command } of await commandLinesWith(text)) left.set(pid, command);
  }
  if (told) {
    for (const life of livesOf(told.run, told.events)) {
      for (const { pid, name } of await findMarked(life)) left.set(pid, name);
    }
  }
  return [...left].map(([pid, command]) => `process ${pid} lives: ${command}`);
}
