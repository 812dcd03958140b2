import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDepot } from '../git/depot.js';
import { listKeptWork } from '../git/kept-work.js';
import type { Repository } from '../git/places.js';
import { listRuns } from '../journal/run-directory.js';
import type { KeptList } from '../model/answer-schemas.js';
import { Refusal } from '../model/failure.js';
import { safeName, type RunId } from '../model/ids.js';
import { readSummary } from './read-summary.js';

/** What the finished runs say of tickets, by the name under which work is kept. */
interface Told {
  readonly id: string;
  readonly run: RunId;
  readonly why?: string;
  readonly isLanded: boolean;
}

/**
 * The newest kept work of every ticket that did not land since, newest run first: what `sage rescue ID` would restore. A
 * repository in which sage never ran keeps nothing, and gets no depot by being asked.
 */
export async function listKept(repository: Repository): Promise<KeptList> {
  const depotHead = join(repository.commonDir, 'sage', 'depot.git', 'HEAD');
  if (!(await stat(depotHead).catch(() => undefined))) return { version: 1, kept: [] };
  const depot = await openDepot(repository);
  if (!depot.ok) throw new Refusal([depot.failure], 2);
  const all = await listKeptWork(depot.value);
  if (!all.ok) throw new Refusal([all.failure], 2);

  const told = await readSummaries(repository.commonDir);
  const seen = new Set<string>();
  const kept = all.value.flatMap(({ ticketName, run, attempt, commit }) => {
    if (seen.has(ticketName)) return [];
    seen.add(ticketName);
    const about = told.filter(({ id }) => safeName(id) === ticketName);
    if (about.some((one) => one.isLanded && one.run >= run)) return [];
    const own = about.find((one) => one.run === run);
    const why = own?.why === undefined ? {} : { why: own.why };
    return [{ ticket: about[0]?.id ?? ticketName, run, attempt, commit, ...why }];
  });
  return { version: 1, kept };
}

async function readSummaries(commonDir: string): Promise<readonly Told[]> {
  const runs = await listRuns(commonDir);
  const summaries = await Promise.all(runs.map(readSummary));
  return summaries.flatMap((summary, index) => {
    const run = runs[index]?.run;
    if (summary === undefined || run === undefined) return [];
    const { landed, deferred, pending } = summary;
    return [
      ...landed.map(({ id }) => ({ id, run, isLanded: true })),
      ...deferred.map(({ id, reason }) => ({ id, run, why: reason, isLanded: false })),
      ...pending.map(({ id, why }) => ({ id, run, why, isLanded: false })),
    ];
  });
}
