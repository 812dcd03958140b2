import { readFile } from 'node:fs/promises';
import { listRuns } from './run-directory.js';

/** A member of a record; inside a text its quotes are escaped. */
const NUMBERS = /"(?:session|sessionsBefore)":(\d+)/g;

/**
 * The number of the repository's last session, 0 before the first: the highest that the newest run with any tells, which
 * went on from those before it. Found in damaged journals, too, so that no number is given twice.
 */
export async function lastSession(commonDir: string): Promise<number> {
  for (const { events } of [...(await listRuns(commonDir))].reverse()) {
    const text = await readFile(events, 'utf8').catch(() => '');
    let last = 0;
    for (const [, number] of text.matchAll(NUMBERS)) last = Math.max(last, Number(number));
    if (last > 0) return last;
  }
  return 0;
}
