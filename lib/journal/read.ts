import { open, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { RunEvent } from '../model/event.js';
import { failed, success, type Result } from '../model/failure.js';
import { decodeLine, NO_SUM } from './line.js';
import { readBehind } from './read-behind.js';
import { JOURNAL_VERSION } from './upgrade.js';

/** What stands in a journal. */
export interface JournalContent {
  readonly events: readonly RunEvent[];
  /** Bytes of the file that hold whole records; what follows is a torn last line. */
  readonly wholeBytes: number;
  readonly isTorn: boolean;
  /** Sum of the last whole record: the next one builds on it. */
  readonly lastSum: string;
}

const WRONG = {
  torn: 'is damaged and others follow it',
  altered: 'does not match its sum: it, or what stood before it, was changed',
  misplaced: 'has another number than its place: records are missing or were moved',
};

/**
 * Reads a journal. An incomplete last line is left out (its effect was never started: records are on disk before
 * their effects). A broken line with whole ones behind it is `journal/broken`, a later version
 * `journal/newer-version`; the file is not touched. A missing file is an empty journal.
 */
export async function readJournal(file: string): Promise<Result<JournalContent>> {
  return parseJournal(await readFile(file).catch(nothingThere), file);
}

/**
 * Reads a journal while somebody writes it: each call answers the records that came since the last one, and reads no
 * more than those. A record that is only half there yet comes with a later call.
 */
export function followJournal(file: string): () => Promise<Result<readonly RunEvent[]>> {
  let place = BEGINNING;
  return async () => {
    const added = await bytesFrom(file, place.bytes).catch(nothingThere);
    const read = parseJournal(added, file, place);
    if (!read.ok) return read;
    const { events, wholeBytes, lastSum } = read.value;
    place = { bytes: wholeBytes, records: place.records + events.length, lastSum };
    return success(events);
  };
}

async function bytesFrom(file: string, start: number): Promise<Buffer> {
  await using handle = await open(file);
  return await readBehind(handle, start);
}

const nothingThere = (error: unknown) => {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
  throw error;
};

/** How far a journal has been read. */
interface JournalPlace {
  readonly bytes: number;
  readonly records: number;
  readonly lastSum: string;
}

const BEGINNING: JournalPlace = { bytes: 0, records: 0, lastSum: NO_SUM };

/**
 * What {@link readJournal} makes of the bytes of a file; `file` is only named in diagnoses. `before`: what stands before
 * these bytes.
 */
export function parseJournal(
  bytes: Buffer,
  file: string,
  before: JournalPlace = BEGINNING,
): Result<JournalContent> {
  const events: RunEvent[] = [];
  let start = 0;
  let { lastSum } = before;
  for (let line = before.records + 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    const read = end < 0 ? 'torn' : decodeLine(bytes.toString('utf8', start, end), lastSum);
    if (read === 'newer') {
      return failed({
        code: 'journal/newer-version',
        message: `${file} was written by a later sage; this one reads journals up to version ${JOURNAL_VERSION}`,
        hint: 'use the sage that wrote it, or a newer one',
        where: { file, line },
      });
    }
    if (read === 'torn' && (end < 0 || end === bytes.length - 1)) break;
    if (typeof read === 'string' || read.event.seq !== line) {
      return failed({
        code: 'journal/broken',
        message: `${file}: record ${line} ${WRONG[typeof read === 'string' ? read : 'misplaced']}`,
        hint: `the file is left as it is; the run's branch still says what landed: sage salvage ${basename(dirname(file))}`,
        where: { file, line },
      });
    }
    events.push(read.event);
    lastSum = read.sum;
    start = end + 1;
  }
  const wholeBytes = before.bytes + start;
  return success({ events, wholeBytes, isTorn: start < bytes.length, lastSum });
}

/** The first record of a journal if that is whole, whatever stands behind it. */
export async function readFirstRecord(file: string): Promise<RunEvent | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const end = text.indexOf('\n');
  const read = end < 0 ? 'torn' : decodeLine(text.slice(0, end), NO_SUM);
  return typeof read === 'string' ? undefined : read.event;
}
