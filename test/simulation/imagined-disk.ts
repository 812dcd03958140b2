import type { JournalFile } from '../../lib/journal/journal.js';

/** What happens between a write and the disk: every step that a process can die at is announced by `pause`. */
export interface DiskMoments {
  readonly pause: (name: string) => Promise<void>;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** The disk is full now. */
  readonly isFull: () => boolean;
}

/** The journal's file: bytes in the system's memory, of which the first `synced` are on the disk. */
export class ImaginedDisk {
  bytes = Buffer.alloc(0);
  synced = 0;

  open({ pause, random, isFull }: DiskMoments): JournalFile {
    return {
      stat: async () => {
        await pause('journal: open');
        return { size: this.bytes.length };
      },
      truncate: async (size) => {
        await pause('journal: cut the torn tail');
        this.bytes = this.bytes.subarray(0, size);
        this.synced = Math.min(this.synced, size);
      },
      write: async (buffer, offset, length) => {
        await pause('journal: write');
        // As write(2): perhaps not all of it, and perhaps death comes before the rest.
        const taken = random() < 0.5 ? length : Math.max(1, Math.floor(random() * length));
        this.bytes = Buffer.concat([this.bytes, buffer.subarray(offset, offset + taken)]);
        if (isFull()) throw new Error('ENOSPC: no space left on device');
        return { bytesWritten: taken };
      },
      datasync: async () => {
        await pause('journal: sync');
        this.synced = this.bytes.length;
        await pause('journal: synced');
      },
      close: () => Promise.resolve(),
    };
  }

  /** The machine loses power: of what was not synced any part of the beginning may be there. */
  losePower(random: () => number): void {
    const kept = this.synced + Math.floor(random() * (this.bytes.length - this.synced + 1));
    this.bytes = this.bytes.subarray(0, kept);
  }
}
