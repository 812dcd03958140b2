import { lstatSync, readFileSync } from 'node:fs';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { failed, success, type Result } from '../model/failure.js';
import type { CanonicalFile } from './places.js';

/** Makes files below `folder` say what they must. Answers those that did not; costs little when all did. */
export async function putFiles(
  folder: string,
  files: readonly CanonicalFile[],
): Promise<Result<readonly string[]>> {
  const changed: string[] = [];
  try {
    for (const file of files) {
      if (isRight(folder, file)) continue;
      changed.push(file.path);
      const path = join(folder, file.path);
      const found = await lstat(path).catch(() => undefined);
      if (file.content === undefined || (found && !found.isFile())) {
        await rm(path, { recursive: true, force: true });
      }
      if (file.content === undefined) continue;
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, file.content);
    }
    return success(changed);
  } catch (error) {
    return failed({
      code: 'git/failed',
      message: `The ${basename(folder, '.git')} ${folder} cannot be written: ${(error as Error).message}`,
      where: { file: folder },
    });
  }
}

/** Synchronous on purpose: a few small files, a tenth of the cost. */
function isRight(folder: string, file: CanonicalFile): boolean {
  const path = join(folder, file.path);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (file.content === undefined) return found === undefined;
  return found?.isFile() === true && readFileSync(path, 'utf8') === file.content;
}
