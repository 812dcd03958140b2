import { crc32 } from 'node:zlib';
import type { RunEvent } from '../model/event.js';

/**
 * A journal line: the event as JSON whose last member `sum` is the CRC-32 (hexadecimal) of the text before it.
 * One event a line; JSON escapes every newline inside.
 */
export function encodeLine(event: RunEvent): string {
  const body = JSON.stringify(event).slice(0, -1);
  return `${body},"sum":"${checksum(body)}"}\n`;
}

/** The event of a line, or nothing when the line is torn or does not match its checksum. */
export function decodeLine(line: string): (RunEvent & { readonly sum: string }) | undefined {
  const cut = line.lastIndexOf(',"sum":"');
  if (cut < 0 || line.slice(cut + 8) !== `${checksum(line.slice(0, cut))}"}`) return undefined;
  return JSON.parse(line) as RunEvent & { readonly sum: string };
}

const checksum = (text: string) => crc32(text).toString(16).padStart(8, '0');
