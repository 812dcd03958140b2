import { callsOf } from '../engine/calls.js';
import { sumCosts, type CostKey } from '../engine/sum-costs.js';
import { readJournal } from '../journal/read.js';
import { listRuns, runDirectory } from '../journal/run-directory.js';
import type { CallRecord } from '../model/call-record.js';
import type { Costs } from '../model/costs-schema.js';
import { knownRun } from './read-run.js';

interface CostQuestion {
  readonly by: CostKey;
  /** One run alone, by its id or branch. */
  readonly run?: string;
  /** `YYYY-MM-DD`, UTC: calls that ended on that day or later. */
  readonly since?: string;
}

/**
 * What the agents of all runs of this repository have used, from their journals, one after the other. Only looks. A
 * journal that is damaged is named instead of counted; a Refusal for a run that there is not.
 */
export async function costsHere(
  commonDir: string,
  { by, run, since = '' }: CostQuestion,
): Promise<Costs> {
  const directories =
    run === undefined
      ? await listRuns(commonDir)
      : [runDirectory(commonDir, await knownRun(commonDir, run))];
  const calls: CallRecord[] = [];
  const unread: Costs['unread'] = [];
  for (const directory of directories) {
    const read = await readJournal(directory.events);
    if (read.ok) {
      for (const call of callsOf(directory.run, read.value.events))
        if (call.at >= since) calls.push(call);
    } else unread.push({ run: directory.run, why: read.failure.message });
  }
  const dates = calls.flatMap(({ cost }) => (cost === 'unknown' ? [] : (cost.prices ?? [])));
  return {
    version: 1,
    by,
    ...sumCosts(calls, by),
    prices: [...new Set(dates)].sort(),
    unread,
  };
}
