import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isoSeconds } from '../model/clock.js';
import { ticketId, type TicketId } from '../model/ids.js';

/** How long one ticket took, in whole minutes. */
export interface Velocity {
  readonly id: TicketId;
  readonly minutes: number;
}

/** A week has this many minutes; a ticket that is said to have taken longer is a broken line. */
const MINUTES_LIMIT = 10_080;

/**
 * Appends one line in upstream's format to `.sage/stream-velocity.log`: time, whole minutes, id. An id with white
 * space in it is left out: no reader of this format could take it apart again.
 */
export async function appendVelocity(
  file: string,
  { id, minutes }: Velocity,
  epochMs: number,
): Promise<void> {
  if (/\s/.test(id)) return;
  await mkdir(dirname(file), { recursive: true });
  const line = `${isoSeconds(epochMs)} ${Math.max(0, Math.round(minutes))} ${id}\n`;
  await appendFile(file, (await endsWithinLine(file)) ? `\n${line}` : line);
}

/**
 * The last `limit` tickets of a velocity log, oldest first. The batch lines that upstream's parallel mode mixes in
 * (`batch-3`, with a fourth column) and broken lines are skipped; no file is no history.
 */
export async function readVelocity(file: string, limit = 1000): Promise<readonly Velocity[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return [];
  }
  return text
    .split(/\r?\n/)
    .flatMap((line) => parseLine(line) ?? [])
    .slice(-limit);
}

function parseLine(line: string): Velocity | undefined {
  const columns = line.trim().split(/[\s,|]+/);
  const [time = '', minutes = '', id = ''] = columns;
  if (columns.length !== 3 || !/^\d{4}-\d\d-\d\dT/.test(time)) return undefined;
  if (!/^\d+(\.\d+)?$/.test(minutes) || Number(minutes) > MINUTES_LIMIT) return undefined;
  if (/^batch-\d+$/i.test(id)) return undefined;
  return { id: ticketId(id), minutes: Number(minutes) };
}

/** A line that a killed writer left unfinished must not swallow ours. */
async function endsWithinLine(file: string): Promise<boolean> {
  let handle;
  try {
    handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size === 0) return false;
    const last = Buffer.alloc(1);
    await handle.read(last, 0, 1, size - 1);
    return last[0] !== 0x0a;
  } catch {
    return false;
  } finally {
    await handle?.close();
  }
}
