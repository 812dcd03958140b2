import { lstat, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '../../model/failure.js';
import { readMark, sign } from './mark.js';

/** A file that is wanted. */
export interface WantedFile {
  readonly path: string;
  /** Its text but for the fingerprint, when so many folders above it were made for it. */
  readonly text: (folders: number) => string;
}

/** What is to be done with one file. */
export interface FileStep {
  readonly path: string;
  readonly action: 'write' | 'replace' | 'remove' | 'none';
  /** What it says afterwards; of one that goes, what it said. */
  readonly text: string;
  /** What is there now. */
  readonly before?: string;
  /** Folders above it that are, or were, made for it; the outermost first. */
  readonly folders: readonly string[];
}

type Planned = { readonly step: FileStep } | { readonly failure: Failure } | undefined;

/** What a file needs to be as wanted. */
export async function planFile({ path, text }: WantedFile): Promise<Planned> {
  const found = await read(path);
  if (found === undefined) {
    const folders = await missingFolders(path);
    return { step: { path, action: 'write', text: sign(text(folders.length)), folders } };
  }
  const mark = found.text === undefined ? undefined : readMark(found.text);
  if (found.text === undefined || mark === undefined) return { failure: notOurs(path) };
  if (!mark.isUnchanged) return { failure: changed(path, 'installing') };
  const wanted = sign(text(mark.folders));
  const action = wanted === found.text.replaceAll('\r\n', '\n') ? 'none' : 'replace';
  const folders = foldersAbove(path, mark.folders);
  return { step: { path, action, text: wanted, before: found.text, folders } };
}

/** How one goes again; nothing where none of ours is. */
export async function planRemoval({ path }: WantedFile): Promise<Planned> {
  const found = await read(path);
  const mark = found?.text === undefined ? undefined : readMark(found.text);
  if (found?.text === undefined || mark === undefined) return undefined;
  if (!mark.isUnchanged) return { failure: changed(path, 'removing') };
  const folders = foldersAbove(path, mark.folders);
  return { step: { path, action: 'remove', text: found.text, before: found.text, folders } };
}

/** A text without one is no regular file, or cannot be read. */
async function read(path: string): Promise<{ readonly text?: string } | undefined> {
  try {
    if (!(await lstat(path)).isFile()) return {};
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : {};
  }
}

async function missingFolders(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if ((await lstat(folder).catch(() => undefined)) !== undefined) break;
    missing.unshift(folder);
  }
  return missing;
}

function foldersAbove(path: string, count: number): readonly string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folders.length < count; folder = dirname(folder))
    folders.unshift(folder);
  return folders;
}

const notOurs = (path: string): Failure => ({
  code: 'install/not-ours',
  message: `there is something else at ${path}, which \`sage install\` did not write; it stays`,
  hint: `move it away, then install again: mv ${quoted(path)} ${quoted(`${path}.old`)}`,
});

const changed = (path: string, doing: 'installing' | 'removing'): Failure => ({
  code: 'install/changed',
  message: `${path} was changed since \`sage install\` wrote it; it stays`,
  hint:
    doing === 'installing'
      ? `to have it anew, move it away and install again: mv ${quoted(path)} ${quoted(`${path}.old`)}`
      : `remove it yourself if it may go, then the rest: rm ${quoted(path)}`,
});

/** For a shell. */
const quoted = (path: string) =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
