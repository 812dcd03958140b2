import { createHash } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import {
  copyFile,
  cp,
  lstat,
  mkdir,
  readFile,
  readdir,
  realpath,
  stat,
  utimes,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failed, success, type Failure, type Result } from '../model/failure.js';

/**
 * Copies what the patterns name from one checkout to another, sharing blocks where the file system can, never a link
 * into the source. Files that are as they were copied are left alone; folders are copied when `withFolders`. A pattern
 * that fits nothing is a failure that names it.
 */
export async function copyFiles(
  patterns: readonly string[],
  from: string,
  to: string,
  withFolders: boolean,
): Promise<Result<'copied'>> {
  for (const pattern of patterns) {
    const parts = pattern.replace(/\/+$/, '').split('/');
    if (parts.some((part) => part === '..' || part === '.git' || part === '')) {
      return failed(trouble(pattern, 'it leads out of the checkout or into its .git'));
    }
    const paths = await matches(from, '', parts);
    if (paths.length === 0) return failed(trouble(pattern, `nothing in ${from} fits it`));
    for (const path of paths) {
      try {
        await copyOne(from, to, path, withFolders);
      } catch (error) {
        return failed(trouble(pattern, (error as Error).message));
      }
    }
  }
  return success('copied');
}

/** The same in texts: content of the files, size and time of what is below folders. Changes when a copy would. */
export async function copiedState(patterns: readonly string[], from: string): Promise<string[]> {
  const told: string[] = [];
  for (const pattern of patterns) {
    for (const path of await matches(from, '', pattern.replace(/\/+$/, '').split('/'))) {
      told.push(...(await stateOf(join(from, path), path)));
    }
  }
  return told;
}

async function stateOf(file: string, name: string): Promise<string[]> {
  const there = await stat(file).catch(() => undefined);
  if (there?.isFile()) return [`${name} ${await contentHash(file)}`];
  if (!there?.isDirectory()) return [`${name} is missing`];
  const entries = await readdir(file, { recursive: true, withFileTypes: true }).catch(() => []);
  const told = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size = 0, mtimeMs = 0 } = (await lstat(path).catch(() => undefined)) ?? {};
      return entry.isDirectory() ? `${path}/` : `${path} ${size} ${mtimeMs}`;
    }),
  );
  return told.sort();
}

const contentHash = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file).catch(() => ''))
    .digest('hex');

const trouble = (pattern: string, why: string): Failure => ({
  code: 'lane/setup-failed',
  message: `setup.copy "${pattern}" could not be copied into a lane: ${why}.`,
  hint: 'Mend `setup.copy` in `.sage/config.yaml`, or make the file.',
});

async function copyOne(
  from: string,
  to: string,
  path: string,
  withFolders: boolean,
): Promise<void> {
  const source = await realpath(join(from, path));
  const target = join(to, path);
  const there = await stat(source);
  if (there.isDirectory()) {
    if (!withFolders) return;
    // Links inside a folder stay what they are: dependencies are full of relative ones.
    await cp(source, target, {
      recursive: true,
      force: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      mode: constants.COPYFILE_FICLONE,
    });
    return;
  }
  const old = await lstat(target).catch(() => undefined);
  if (old?.isFile() && old.size === there.size && sameTime(old.mtimeMs, there.mtimeMs)) return;
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await utimes(target, there.atime, there.mtime);
}

const sameTime = (one: number, other: number) => Math.abs(one - other) < 2;

/** Paths below `folder` that fit: `*` and `?` within a name, `**` for any folders. Sorted. */
async function matches(root: string, folder: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [folder];
  if (part !== '**' && !/[*?]/.test(part)) {
    const path = join(folder, part);
    const found = await lstat(join(root, path)).catch(() => undefined);
    return found ? matches(root, path, rest) : [];
  }
  const entries = (await readdir(join(root, folder), { withFileTypes: true }).catch(() => []))
    .filter(({ name }) => name !== '.git')
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const found = part === '**' ? await matches(root, folder, rest) : [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const next = part === '**' ? parts : rest;
    if (isFit(part, entry)) found.push(...(await matches(root, path, next)));
  }
  return [...new Set(found)].filter((path) => path !== '');
}

function isFit(part: string, entry: Dirent): boolean {
  if (part === '**') return entry.isDirectory() && entry.name !== 'node_modules';
  const pattern = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${pattern}$`, 's').test(entry.name);
}
