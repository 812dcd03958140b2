import { open } from 'node:fs/promises';
import type { Clock } from '../model/clock.js';
import type { EventDraft, RunEvent } from '../model/event.js';
import { encodeLine } from './line.js';
import { JOURNAL_VERSION } from './upgrade.js';

/**
 * The append-only log of one run; one writer. `append` gives the event its number and instant and keeps it in
 * memory; `flush` brings everything appended so far to the disk with one sync. No effect may start before the flush
 * of the record that announces it.
 */
export interface Journal extends AsyncDisposable {
  append(draft: EventDraft): RunEvent;
  flush(): Promise<void>;
}

/** What a journal needs of its file, opened for appending; a `FileHandle` has it. */
export interface JournalFile {
  stat(): Promise<{ readonly size: number }>;
  truncate(bytes: number): Promise<void>;
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

interface JournalSettings {
  readonly clock: Clock;
  /** Events already in the file. */
  readonly seq: number;
  /** Sum of the last of them. */
  readonly lastSum: string;
  /** Bytes of whole records: a torn tail behind them is cut off. */
  readonly wholeBytes: number;
  /** Throws when this process no longer owns the run; asked before every flush. */
  readonly checkFence: () => Promise<void>;
}

export async function openJournal(
  settings: JournalSettings & { readonly file: string },
): Promise<Journal> {
  return journalIn(await open(settings.file, 'a'), settings);
}

/** The journal in a file that is open. */
export async function journalIn(handle: JournalFile, settings: JournalSettings): Promise<Journal> {
  const { clock, checkFence } = settings;
  const { size } = await handle.stat();
  if (size > settings.wholeBytes) await handle.truncate(settings.wholeBytes);
  let { seq, lastSum } = settings;
  let lines: string[] = [];

  return {
    append(draft) {
      seq += 1;
      const event: RunEvent = {
        v: JOURNAL_VERSION,
        seq,
        at: new Date(clock.now()).toISOString(),
        ...draft,
      };
      const line = encodeLine(event, lastSum);
      lastSum = line.sum;
      lines.push(line.text);
      return event;
    },
    async flush() {
      if (lines.length === 0) return;
      const text = lines.join('');
      lines = [];
      await checkFence();
      await writeAll(handle, text);
      await handle.datasync();
    },
    async [Symbol.asyncDispose]() {
      await handle.close();
    },
  };
}

async function writeAll(handle: JournalFile, text: string) {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}
