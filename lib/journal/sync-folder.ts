import { open } from 'node:fs/promises';

/** Brings the names in a folder to the disk: a flushed file whose name is lost with the power is lost, too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
