import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { failed, success, type Result } from '../../model/failure.js';
import type { FileStep } from './plan-files.js';

/** Does all steps, or none: when one fails, those before it are taken back. */
export async function carryOut(steps: readonly FileStep[]): Promise<Result<undefined>> {
  const done: FileStep[] = [];
  try {
    for (const step of steps) {
      done.push(step);
      await perform(step);
    }
    await removeEmpty(steps.filter(({ action }) => action === 'remove'));
    return success(undefined);
  } catch (error) {
    for (const step of done.reverse()) await takeBack(step);
    return failed({
      code: 'install/not-possible',
      message: `nothing was changed: ${(error as Error).message}`,
    });
  }
}

async function perform({ path, action, text }: FileStep): Promise<void> {
  if (action === 'none') return;
  if (action === 'remove') return rm(path);
  if (action === 'replace') return writeFileAtomic(path, text);
  await mkdir(dirname(path), { recursive: true });
  // Not even one that came meanwhile is written over.
  await writeFile(path, text, { flag: 'wx' });
}

async function takeBack(step: FileStep): Promise<void> {
  const { path, action, text, before } = step;
  if (action === 'none') return;
  if (before !== undefined) {
    await writeFileAtomic(path, before).catch(() => undefined);
    return;
  }
  // The one that failed may not be ours.
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text)
    await rm(path, { force: true });
  await removeEmpty([step]);
}

/** The folders that were made for files which are gone, the innermost first; one that holds anything stays. */
async function removeEmpty(steps: readonly FileStep[]): Promise<void> {
  const folders = [...new Set(steps.flatMap((step) => step.folders))];
  folders.sort((one, other) => other.length - one.length);
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}
