import type { FileHandle } from 'node:fs/promises';

/** What a file holds behind its first `offset` bytes now. */
export async function readBehind(handle: FileHandle, offset: number): Promise<Buffer> {
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(Math.max(0, size - offset));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
  return bytes.subarray(0, bytesRead);
}
