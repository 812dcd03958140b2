import { open, type FileHandle } from 'node:fs/promises';
import { watchFile, type FileWatch } from './file-watch.js';
import { readBehind } from './read-behind.js';

/** A file that only grows, read piece by piece. Only looks. */
export interface GrowingFile extends AsyncDisposable {
  /** What lies behind what was taken; a file that is not there is empty. */
  peek(): Promise<Buffer>;
  /** So many bytes of that need not be told again. */
  take(bytes: number): void;
  readonly grown: FileWatch['grown'];
}

export function openGrowingFile(file: string): GrowingFile {
  const word = watchFile(file);
  let handle: FileHandle | undefined;
  let offset = 0;
  return {
    async peek() {
      word.rearm();
      handle ??= await open(file, 'r').catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      });
      if (handle === undefined) return Buffer.alloc(0);
      return readBehind(handle, offset);
    },
    take(bytes) {
      offset += bytes;
    },
    grown: (limitMs) => word.grown(limitMs),
    async [Symbol.asyncDispose]() {
      word[Symbol.dispose]();
      await handle?.close();
    },
  };
}
