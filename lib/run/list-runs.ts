import { commitsIn, heldCommits } from '../git/held-commits.js';
import type { Repository } from '../git/places.js';
import { listRuns, type RunDirectory } from '../journal/run-directory.js';
import { demand, Refusal, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { RunList, RunStatus } from '../model/status-schema.js';
import type { Summary } from '../model/summary.js';
import { readSummary } from './read-summary.js';

type Entry = RunList['runs'][number];

/** All runs that began in this repository, the newest first. Only looks. */
export async function runsHere(repository: Repository): Promise<RunList> {
  const directories = [...(await listRuns(repository.commonDir))].reverse();
  const looked = await Promise.all(directories.map((one) => lookAt(repository, one)));
  const known = looked.filter((one) => one !== undefined);
  const branches = await branchesOf(repository, known);
  return {
    version: 1,
    runs: known.map((one) => {
      const delivery = deliveryOf(one.summary, branches);
      const command = wayOn(one, delivery);
      return { ...entryOf(one), delivery, ...(command === undefined ? {} : { command }) };
    }),
  };
}

interface Looked {
  readonly state: RunStatus['state'];
  readonly run: string;
  /** As far as it came; absent: its journal cannot be read. */
  readonly summary?: Summary;
}

/** Nothing for the folder of a run that never began. */
async function lookAt(
  { commonDir }: Repository,
  directory: RunDirectory,
): Promise<Looked | undefined> {
  const { run } = directory;
  const summary = await readSummary(directory);
  if (summary) return { run, state: 'finished', summary };
  // Most runs have ended, and a list of those needs no fold.
  const [{ watchRun }, { summarise }] = await Promise.all([
    import('./watch-run.js'),
    import('../engine/summarise.js'),
  ]);
  using watch = await watchRun(commonDir, run);
  try {
    const status = await watch?.read();
    return status && watch?.state
      ? { run, state: status.state, summary: summarise(watch.state) }
      : undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { run, state: 'died' };
  }
}

function entryOf({ run, state, summary }: Looked): Omit<Entry, 'delivery' | 'command'> {
  return {
    run,
    state,
    // Ids begin with the moment: `20261121-150438-…`.
    began: run.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-.*$/, '$1-$2-$3T$4:$5:$6Z'),
    ms: summary?.wallMs ?? 0,
    landed: summary?.landed.length ?? 0,
    deferred: summary?.deferred.length ?? 0,
    pending: (summary?.pending.length ?? 0) + (summary?.blocked.length ?? 0),
    ...(summary?.costUsd === undefined ? {} : { costUsd: summary.costUsd }),
    branch: `sage/${run}`,
    target: summary?.target ?? '',
    ...(state === 'finished' && summary ? { exitCode: summary.exitCode } : {}),
  };
}

interface Branches {
  /** Tips of runs that are in the targets of these. */
  readonly delivered: ReadonlySet<string>;
  /** Names of the runs' branches that are here. */
  readonly here: ReadonlySet<string>;
}

async function branchesOf(repository: Repository, all: readonly Looked[]): Promise<Branches> {
  const { git, root } = repository;
  const tips = new Map<string, Oid[]>();
  for (const { summary } of all) {
    if (!summary || summary.landed.length === 0) continue;
    tips.set(summary.target, [...(tips.get(summary.target) ?? []), oid(summary.tip)]);
  }
  const listed = await git(
    [
      'for-each-ref',
      '--format=%(objectname) %(refname:lstrip=2)',
      'refs/heads/sage/',
      ...[...tips.keys()].map((target) => `refs/heads/${target}`),
    ],
    { cwd: root },
  );
  const here = new Map(
    demand(listed)
      .stdout.split('\n')
      .map((line) => {
        const [commit = '', name = ''] = line.split(/ (.*)/);
        return [name, oid(commit)];
      }),
  );
  const delivered = await Promise.all(
    [...tips].map(async ([target, commits]) => {
      const held = await heldBy(repository, target, commits, here);
      return [...demand(held)].map((tip) => `${target} ${tip}`);
    }),
  );
  return { delivered: new Set(delivered.flat()), here: new Set(here.keys()) };
}

/** Which of these tips the target holds. Those of branches that are here need not be looked for first. */
function heldBy(
  { git, root }: Repository,
  target: string,
  commits: readonly Oid[],
  here: ReadonlyMap<string, Oid>,
): Promise<Result<ReadonlySet<Oid>>> {
  const head = here.get(target);
  const known = new Set(here.values());
  return head !== undefined && commits.every((commit) => known.has(commit))
    ? commitsIn(git, root, commits, head)
    : heldCommits(git, root, commits, target);
}

function deliveryOf(
  summary: Summary | undefined,
  { delivered, here }: Branches,
): Entry['delivery'] {
  if (!summary || summary.landed.length === 0) return 'nothing';
  if (delivered.has(`${summary.target} ${summary.tip}`)) return 'delivered';
  return here.has(summary.branch) || summary.unpublished === true ? 'waiting' : 'gone';
}

function wayOn({ run, state, summary }: Looked, delivery: Entry['delivery']): string | undefined {
  if (!summary) return `sage salvage ${run}`;
  if (state === 'died' || state === 'suspended' || state === 'paused') return 'sage resume';
  return state === 'finished' && delivery === 'waiting' ? `sage deliver ${run}` : undefined;
}
