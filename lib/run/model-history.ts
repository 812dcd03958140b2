import { readFile } from 'node:fs/promises';
import { listRuns } from '../journal/run-directory.js';
import type { Config } from '../model/config.js';
import type { TierRecord } from '../model/model-choice.js';
import type { Summary } from '../model/summary.js';

/** So many runs, the newest, are looked at, of each its summary alone. */
const RUNS = 50;

/** How tiers of models fared in earlier runs; nothing is read where none is to be chosen. */
export async function readModelHistory(
  commonDir: string,
  { models }: Config,
): Promise<readonly TierRecord[]> {
  if (models.choose === 'fixed') return [];
  const runs = (await listRuns(commonDir)).slice(-RUNS);
  const records = await Promise.all(
    runs.map(async ({ summary }) => {
      try {
        return (JSON.parse(await readFile(summary, 'utf8')) as Summary).models ?? [];
      } catch {
        return []; // It has not ended, or its summary was lost: history is only a hint.
      }
    }),
  );
  return records.flat();
}
