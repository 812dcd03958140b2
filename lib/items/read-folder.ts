import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../model/failure.js';

/** A text file below a folder of the checkout. */
export interface FolderFile {
  /** Relative to the checkout. */
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

export interface FolderReading {
  /** Sorted by path. */
  readonly files: readonly FolderFile[];
  readonly faults: readonly Failure[];
}

/** A document that is longer is none that somebody wrote for an agent. In bytes. */
const LARGEST = 4 * 1024 * 1024;

/**
 * Reads the files of a folder whose names are wanted; with `isDeep` also those of folders in it. Links are not followed:
 * what they lead to would end up in a prompt. No folder is a fault that names `key`, the setting that names it.
 */
export async function readFolder(
  root: string,
  folder: string,
  wanted: (name: string) => boolean,
  { key, isDeep = false }: { readonly key: string; readonly isDeep?: boolean },
): Promise<FolderReading> {
  const names = await namesIn(join(root, folder), isDeep).catch(
    (error: unknown) => error as NodeJS.ErrnoException,
  );
  if (!Array.isArray(names)) return { files: [], faults: [noFolder(folder, key, names)] };
  const files: FolderFile[] = [];
  const faults: Failure[] = [];
  for (const inside of names.filter((one) => wanted(one.split('/').at(-1) ?? '')).sort()) {
    const path = join(folder, inside);
    try {
      const bytes = await readFile(join(root, path));
      const text = bytes.toString('utf8');
      if (bytes.length > LARGEST) faults.push(unusable(path, 'it is larger than 4 MiB'));
      else if (text.includes('\u0000')) faults.push(unusable(path, 'it is not a text'));
      else files.push({ path, name: inside.split('/').at(-1) ?? '', text });
    } catch (error) {
      faults.push(unusable(path, (error as Error).message));
    }
  }
  return { files, faults };
}

async function namesIn(folder: string, isDeep: boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: isDeep });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}

const noFolder = (folder: string, key: string, { code }: NodeJS.ErrnoException): Failure => ({
  code: 'items/not-found',
  message:
    code === 'ENOENT' || code === 'ENOTDIR'
      ? `there is no folder ${folder}`
      : `the folder ${folder} cannot be read (${code ?? 'unknown error'})`,
  hint: `make it, or name another one under \`${key}\` in .sage/config.yaml`,
});

export const unusable = (file: string, why: string, hint?: string): Failure => ({
  code: 'items/invalid',
  message: `This file cannot be used: ${why}.`,
  ...(hint === undefined ? {} : { hint }),
  where: { file },
});
