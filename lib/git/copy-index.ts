import { copyFile, stat, utimes } from 'node:fs/promises';

/**
 * Copies a git index with its age. git trusts an entry's recorded size and time only when the index is younger than the
 * file; a copy that is younger than the original would vouch for files that changed in the same second
 * (git's Documentation/technical/racy-git). Rounded down to the second: being older only costs a second look.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  await copyFile(from, to);
  const seconds = Math.floor(mtimeMs / 1000);
  await utimes(to, seconds, seconds);
}
