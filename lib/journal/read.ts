import { readFile } from 'node:fs/promises';
import type { RunEvent } from '../model/event.js';
import { failed, success, type Result } from '../model/failure.js';
import { decodeLine } from './line.js';

/** What stands in a journal. */
export interface JournalContent {
  readonly events: readonly RunEvent[];
  /** Bytes of the file that hold whole records; what follows is a torn last line. */
  readonly wholeBytes: number;
  readonly isTorn: boolean;
}

const VERSION = 1;

/**
 * Reads a journal. An incomplete last line is left out (its effect was never started: records are on disk before
 * their effects). A broken line with whole ones behind it is `journal/broken`, a later version
 * `journal/newer-version`; the file is not touched. A missing file is an empty journal.
 */
export async function readJournal(file: string): Promise<Result<JournalContent>> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const events: RunEvent[] = [];
  let start = 0;
  for (let line = 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    const event = end < 0 ? undefined : decodeLine(bytes.toString('utf8', start, end));
    if (!event || event.seq !== events.length + 1) {
      const isLast = end < 0 || end === bytes.length - 1;
      if (isLast && !event) break;
      return failed({
        code: 'journal/broken',
        message: `${file}: record ${line} is damaged and others follow it`,
        hint: 'the file is left as it is; the run branch and its Land-Id trailers still say what landed',
        where: { file, line },
      });
    }
    if ((event.v as number) > VERSION) {
      return failed({
        code: 'journal/newer-version',
        message: `${file} was written in version ${event.v} of the journal, this sage reads up to ${VERSION}`,
        where: { file, line },
      });
    }
    events.push(event);
    start = end + 1;
  }
  return success({ events, wholeBytes: start, isTorn: start < bytes.length });
}
