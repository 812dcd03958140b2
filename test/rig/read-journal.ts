import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../lib/model/event.js';

/** Names of the runs under a git directory, oldest first. */
export function runsOf(gitDir: string): readonly string[] {
  const folder = join(gitDir, 'sage/runs');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The events of one run, or of the newest; an incomplete last line is left out. Read by the test's own eyes, not ours. */
export function readJournal(gitDir: string, run = runsOf(gitDir).at(-1)): readonly RunEvent[] {
  const file = join(gitDir, 'sage/runs', run ?? '', 'events.ndjson');
  if (!run || !existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent);
}
