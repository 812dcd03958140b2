import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { RunEvent } from '../model/event.js';
import { JOURNAL_VERSION, upgrade, type AnyRecord } from './upgrade.js';

/** A journal line and the sum it ends in, on which the next line builds. */
export interface Line {
  readonly text: string;
  readonly sum: string;
}

/** What stands before the first line of a journal. */
export const NO_SUM = '';

/**
 * A journal line: the event as JSON whose last member `sum` is made of the text before it and of the sum of the line
 * before: the first 16 hexadecimal digits of SHA-256 over `<previous sum><text before it>`. So a line that was changed,
 * dropped, added or moved shows, even when its own sum was made to fit. One event a line; JSON escapes every newline
 * inside.
 */
export function encodeLine(event: RunEvent, previous: string): Line {
  const body = JSON.stringify(event).slice(0, -1);
  const sum = chained(previous, body);
  return { text: `${body},"sum":"${sum}"}\n`, sum };
}

/** An event read back, upgraded, and the sum of its line. */
export interface DecodedLine {
  readonly event: RunEvent;
  readonly sum: string;
}

/**
 * The event of a line. `newer`: a later version wrote it. `altered`: it is a whole record that does not match its sum,
 * which no torn write leaves. `torn`: it is no whole record.
 */
export function decodeLine(
  line: string,
  previous: string,
): DecodedLine | 'newer' | 'altered' | 'torn' {
  const record = parsed(line);
  if (record === undefined) return 'torn';
  if (record.v > JOURNAL_VERSION) return 'newer';
  const cut = line.lastIndexOf(',"sum":"');
  const sum = /^([0-9a-f]+)"\}$/.exec(line.slice(cut + 8))?.[1];
  if (cut < 0 || sum === undefined) return 'altered';
  const body = line.slice(0, cut);
  const right = record.v === 1 ? crc(body) : chained(previous, body);
  return sum === right ? { event: upgrade(record), sum } : 'altered';
}

function parsed(line: string): AnyRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<AnyRecord> | null;
    return typeof value?.v === 'number' && value.v >= 1 ? (value as AnyRecord) : undefined;
  } catch {
    return undefined;
  }
}

const chained = (previous: string, body: string) =>
  createHash('sha256').update(previous).update(body).digest('hex').slice(0, 16);

/** Version 1 had a CRC-32 of each line alone. */
const crc = (text: string) => crc32(text).toString(16).padStart(8, '0');
