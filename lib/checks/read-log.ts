import { open } from 'node:fs/promises';

/** More than any honest output; bounds the memory. A log holds a little more at most. */
const LIMIT = 16 * 1024 * 1024;

/** The first 16 MiB of a log, and whether that is all of it. Empty when it cannot be read. */
export async function readLog(file: string): Promise<{ text: string; isWhole: boolean }> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, LIMIT));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), isWhole: size <= LIMIT };
  } catch {
    return { text: '', isWhole: false };
  }
}
