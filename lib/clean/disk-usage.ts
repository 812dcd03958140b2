import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Counts bytes of the disk; a file with several names counts once for one counter. */
export type DiskUsage = (path: string) => number;

/** What cannot be looked at counts nothing. Synchronous on purpose: lanes have many thousands of files. */
export function createDiskUsage(): DiskUsage {
  const seen = new Set<string>();
  const measure = (path: string): number => {
    let bytes = 0;
    try {
      const found = lstatSync(path);
      if (!found.isDirectory() && found.nlink > 1) {
        const key = `${found.dev}:${found.ino}`;
        if (seen.has(key)) return 0;
        seen.add(key);
      }
      bytes = found.blocks * 512;
      if (found.isDirectory()) {
        for (const name of readdirSync(path)) bytes += measure(join(path, name));
      }
    } catch {
      // It went away, or is not ours to look into.
    }
    return bytes;
  };
  return measure;
}
