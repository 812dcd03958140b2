import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cleanedAbove } from '../journal/cleaned.js';
import type { Contradiction } from '../model/verification-schema.js';

/**
 * Whether the logs of the checks are there and are what was written: SHA-256 by file, relative to `directory`. Those that
 * `sage clean` removed are counted, not missed.
 */
export async function checkLogs(
  directory: string,
  logs: ReadonlyMap<string, string>,
): Promise<{ readonly cleaned: number; readonly contradictions: Contradiction[] }> {
  const found: Contradiction[] = [];
  let cleaned = 0;
  for (const [log, recorded] of logs) {
    const file = join(directory, log);
    const hash = await hashOf(file);
    if (hash === undefined && (await cleanedAbove(file))) cleaned += 1;
    else if (hash === undefined) {
      found.push({ kind: 'log-missing', message: `${file}: the log of a check is not there` });
    } else if (hash !== recorded) {
      found.push({
        kind: 'log-changed',
        message: `${file}: the log of a check is not what was written (SHA-256 ${hash.slice(0, 12)}, recorded ${recorded.slice(0, 12)})`,
      });
    }
  }
  return { cleaned, contradictions: found };
}

async function hashOf(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
