import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findDepot } from '../git/depot.js';
import { listKeptWork } from '../git/kept-work.js';
import type { Depot, Repository } from '../git/places.js';
import { listKept as listVault } from '../git/vault.js';
import { shellQuoted } from '../land/shell-quoted.js';
import { listRuns } from '../journal/run-directory.js';
import type { KeptList } from '../model/answer-schemas.js';
import { demand } from '../model/failure.js';
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
export async function listKept(repository: Repository, lanesRoot: string): Promise<KeptList> {
  const depot = demand(await findDepot(repository));
  if (!depot) return { version: 1, kept: [], others: [] };
  const all = demand(await listKeptWork(depot));

  const told = await readSummaries(repository.commonDir);
  const seen = new Set<string>();
  const kept = all.flatMap(({ ticketName, run, attempt, commit }) => {
    if (seen.has(ticketName)) return [];
    seen.add(ticketName);
    const about = told.filter(({ id }) => safeName(id) === ticketName);
    if (about.some((one) => one.isLanded && one.run >= run)) return [];
    const own = about.find((one) => one.run === run);
    const why = own?.why === undefined ? {} : { why: own.why };
    const attempts = all
      .filter((one) => one.run === run && one.ticketName === ticketName)
      .map((one) => one.attempt)
      .sort((one, other) => one - other);
    return [{ ticket: about[0]?.id ?? ticketName, run, attempt, commit, ...why, attempts }];
  });
  const others = [...(await besideWork(depot)), ...(await putAside(lanesRoot))];
  return { version: 1, kept, others };
}

/** Commits that are kept under other names than those of attempts. */
async function besideWork(depot: Depot): Promise<KeptList['others']> {
  return demand(await listVault(depot)).flatMap(({ name, oid }) => {
    const what = WHAT.find(([prefix]) => name.startsWith(prefix))?.[1];
    if (what === undefined) return [];
    return [{ name, commit: oid, what, command: `sage rescue ${name}` }];
  });
}

/** By the beginning of their names; the first that fits. */
const WHAT = [
  ['refs/sage/also/', 'a commit that an attempt made and left'],
  ['refs/sage/aside/stash/', 'an entry of a stash'],
  ['refs/sage/aside/in-the-way/', 'what a ref named that stood in the way'],
  ['refs/sage/aside/sage/', "what was put in the place of a run's branch"],
  ['refs/sage/aside/', 'where a broken lane stood'],
] as const;

/** Repositories that agents made inside lanes, and files of broken lanes. */
async function putAside(lanesRoot: string): Promise<KeptList['others']> {
  const folder = join(lanesRoot, 'aside');
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names.sort().map(async (one) => {
      const name = join(folder, one);
      const isRepository = await stat(join(name, 'objects')).catch(() => undefined);
      return isRepository
        ? { name, what: 'a repository made in a lane', command: `git clone ${shellQuoted(name)}` }
        : { name, what: 'files of a broken lane', command: `ls -A ${shellQuoted(name)}` };
    }),
  );
}

/** All that the finished runs say of tickets, the oldest first. */
export async function readSummaries(commonDir: string): Promise<readonly Told[]> {
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
