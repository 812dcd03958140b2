import { open, type FileHandle } from 'node:fs/promises';
import { watchFile, type FileWatch } from './file-watch.js';

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
      const { size } = await handle.stat();
      const bytes = Buffer.alloc(Math.max(0, size - offset));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
      return bytes.subarray(0, bytesRead);
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
