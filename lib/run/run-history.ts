import { readFile } from 'node:fs/promises';
import { listRuns } from '../journal/run-directory.js';
import type { TicketCost } from '../model/call-record.js';
import type { TierRecord } from '../model/model-choice.js';
import type { Summary } from '../model/summary.js';

/** So many runs, the newest, are looked at, of each its summary alone. */
const RUNS = 50;

/** What earlier runs tell for the next one. */
export interface RunHistory {
  /** How tiers of models fared. */
  readonly models: readonly TierRecord[];
  /** What tickets cost, the oldest first. */
  readonly costs: readonly TicketCost[];
}

/** What the newest runs that have ended tell. */
export async function readRunHistory(commonDir: string): Promise<RunHistory> {
  const runs = (await listRuns(commonDir)).slice(-RUNS);
  const summaries = await Promise.all(
    runs.map(async ({ summary }) => {
      try {
        return JSON.parse(await readFile(summary, 'utf8')) as Summary;
      } catch {
        return undefined; // It has not ended, or its summary was lost: history is only a hint.
      }
    }),
  );
  return {
    models: summaries.flatMap((summary) => summary?.models ?? []),
    costs: summaries.flatMap((summary) => summary?.ticketCosts ?? []),
  };
}
