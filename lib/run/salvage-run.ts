import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeBase } from '../git/commits.js';
import { openDepot } from '../git/depot.js';
import { depotPath, type Depot, type Repository } from '../git/places.js';
import { readFirstRecord, readJournal } from '../journal/read.js';
import { isRunId, runDirectory, type RunDirectory } from '../journal/run-directory.js';
import { publish } from '../land/publish.js';
import { indexPathOf, type Backlog } from '../model/backlog.js';
import type { Clock } from '../model/clock.js';
import type { Salvage } from '../model/answer-schemas.js';
import { demand, Refusal, type Result } from '../model/failure.js';
import { runId, ticketId, type Oid, type RunId } from '../model/ids.js';
import type { Summary } from '../model/summary.js';
import { projectTickets, type ProjectedChange } from '../tickets/project.js';
import { loadIndex } from '../tickets/read.js';
import { branchTips, landedTickets, readLandedBranch, type LandedTicket } from './landed-branch.js';
import { endLives, livesIn } from './life.js';
import { ownRepository } from './own-repository.js';
import { readRunFiles, writeJson } from './run-files.js';
import { findStart } from './start.js';

/**
 * Ends a run whose journal is damaged or lost: the trailers on its branch still say what landed. Publishes that branch,
 * writes COMPLETED for what is on it, takes back what the run left IN_PROGRESS, and writes the summary by which later
 * starts know it. The journal stays as it is; kept work and lanes are not touched. Refused while somebody runs here, and
 * for a run whose journal can be read: `sage resume` does better.
 */
export async function salvageRun(
  repository: Repository,
  clock: Clock,
  asked: string,
): Promise<Salvage> {
  const run = runId(asked.replace(/^sage\//, ''));
  const at = new Date(clock.now()).toISOString();
  const directory = runDirectory(repository.commonDir, run);
  const depot = await demandRun(repository, run);
  await using ownership = await ownRepository({ repository, clock }, run);
  await refuseWhole(directory.events, run);
  const journal = await readFile(directory.events, 'utf8').catch(() => '');
  await endLives(livesIn(run, journal));

  await ownership.checkFence();
  const branch = `sage/${run}`;
  const { base, target, backlog = 'tickets' } = await origin(repository, depot, directory);
  const {
    tip,
    commits,
    notes: told,
  } = demand(await readLandedBranch(repository, depot, run, base));
  const landed = landedTickets(run, commits);
  const published = await publish(repository, depot, branch, tip);
  const { notes, reset } = await writeStates(repository, { run, backlog }, landed, at);
  const { summary } = directory;
  await writeJson(
    summary,
    summaryOf({ run, backlog, branch, target, base, tip, landed, published }),
  );
  return {
    version: 1,
    run,
    branch,
    target,
    landed: landed.map(({ id, commit }) => ({ id, commit })),
    reset,
    notes: [...told, ...(published.ok ? [] : [published.failure.message]), ...notes],
  };
}

async function demandRun(repository: Repository, run: RunId): Promise<Depot> {
  const path = depotPath(repository.commonDir);
  if (isRunId(run) && (await stat(path).catch(() => undefined))) {
    const depot = demand(await openDepot(repository));
    const { own, published } = demand(await branchTips(repository, depot, run));
    if ((own ?? published) !== undefined) return depot;
  }
  throw new Refusal(
    [
      {
        code: 'usage/invalid',
        message: `there is no branch of a run ${JSON.stringify(run.slice(0, 80))} here`,
        hint: '`git branch --list "sage/*"` and `ls .git/sage/runs` name the runs of this repository',
      },
    ],
    2,
  );
}

async function refuseWhole(events: string, run: RunId): Promise<void> {
  const content = await readJournal(events);
  if (!content.ok || content.value.events.length === 0) return;
  const isOver = content.value.events.at(-1)?.type === 'run.finished';
  throw new Refusal(
    [
      {
        code: 'usage/invalid',
        message: `the journal of run ${run} is whole, so nothing has to be salvaged`,
        hint: isOver ? `it has ended: sage deliver ${run}` : 'go on with it: sage resume',
      },
    ],
    2,
  );
}

interface Origin {
  readonly base: Oid;
  readonly target: string;
  /** Absent: tickets. */
  readonly backlog?: Backlog;
}

/** Where the run began and what it was for: its plan says so, if that much can be read; else today's branch. */
async function origin(
  repository: Repository,
  depot: Depot,
  directory: RunDirectory,
): Promise<Origin> {
  const { run, events } = directory;
  const planned = await readFirstRecord(events);
  if (planned?.type === 'run.planned') return planned;
  const start = demand(await findStart(repository, undefined));
  const { own, published } = demand(await branchTips(repository, depot, run));
  const tip = published ?? own;
  const base = tip && demand(await mergeBase(depot.git, depot.path, tip, start.commit));
  const { backlog } = await readRunFiles(directory).catch(() => ({ backlog: undefined }));
  return {
    base: base ?? start.commit,
    target: start.branch ?? 'HEAD',
    ...(backlog === undefined ? {} : { backlog }),
  };
}

async function writeStates(
  { root, commonDir }: Repository,
  { run, backlog }: { readonly run: RunId; readonly backlog: Backlog },
  landed: readonly LandedTicket[],
  at: string,
): Promise<{ readonly notes: readonly string[]; readonly reset: string[] }> {
  const file = join(root, indexPathOf(backlog));
  const index = await loadIndex(file);
  if (!index.ok) return { notes: [index.failure.message], reset: [] };
  const states = new Map(index.value.tickets.map(({ id, state }) => [id as string, state]));
  const ours = await readRunFiles(runDirectory(commonDir, run)).catch(() => undefined);
  const done = new Set<string>(landed.map(({ id }) => id));
  const reset = (ours?.tickets ?? [])
    .map(({ id }) => id as string)
    .filter((id) => !done.has(id) && states.get(id) === 'IN_PROGRESS');
  const when = `${at.slice(0, 19)}Z`;
  const changes = [
    ...landed
      .filter(({ id }) => states.has(id) && states.get(id) !== 'COMPLETED')
      .map(({ id, commit }): ProjectedChange => {
        const how = { commit, branch: `sage/${run}`, at: when };
        return { ticket: id, state: 'COMPLETED', ...how };
      }),
    ...reset.map((id): ProjectedChange => ({
      ticket: ticketId(id),
      state: 'UNPROCESSED',
      at: when,
    })),
  ];
  if (changes.length === 0) return { notes: [], reset };
  const written = await projectTickets(file, changes);
  return written.ok
    ? { notes: written.value.notes, reset }
    : { notes: [written.failure.message], reset: [] };
}

interface Known {
  readonly run: RunId;
  readonly backlog: Backlog;
  readonly branch: string;
  readonly target: string;
  readonly base: Oid;
  readonly tip: Oid;
  readonly landed: readonly LandedTicket[];
  readonly published: Result<unknown>;
}

/** What is known of the run now; its times died with its journal. */
function summaryOf({ run, backlog, branch, target, base, tip, landed, published }: Known): Summary {
  return {
    version: 1,
    run,
    ...(backlog === 'tickets' ? {} : { backlog }),
    branch,
    target,
    base,
    tip,
    landed: landed.map((one) => ({ ...one, ms: 0, attempts: 1, isFlaky: false })),
    deferred: [],
    blocked: [],
    pending: [],
    containers: [],
    slots: { requested: 'sequential', used: 1, because: [], limitedBy: [] },
    schedule: 'rolling',
    wallMs: 0,
    sumMs: 0,
    speedUp: 0,
    utilisation: 0,
    lost: { waitingMs: 0, landingMs: 0, setupMs: 0 },
    lowerBoundMs: 0,
    otherSchedule: { schedule: 'batch', ms: 0 },
    ...(published.ok ? {} : { unpublished: true }),
    notes: [
      'Its journal was damaged or lost: this was put together from the trailers on its branch.',
    ],
    exitCode: 1,
  };
}
