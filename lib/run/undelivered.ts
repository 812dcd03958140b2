import { branchCommits } from '../git/branch-commits.js';
import { isKnownAncestor } from '../git/commits.js';
import type { Repository } from '../git/places.js';
import { readJournal } from '../journal/read.js';
import { listRuns, runDirectory, type RunDirectory } from '../journal/run-directory.js';
import { success, type Result } from '../model/failure.js';
import { oid, runId, ticketId, type Oid, type RunId, type TicketId } from '../model/ids.js';
import type { Summary } from '../model/summary.js';
import { landedTickets } from './landed-branch.js';
import { readSummary } from './read-summary.js';

/** A run of ours whose landed work the base does not hold. */
export interface Undelivered {
  readonly run: RunId;
  readonly branch: string;
  readonly tickets: readonly TicketId[];
  /** Its journal is lost or damaged: `sage salvage` has to put the ticket states right first. */
  readonly isLost?: true;
}

/**
 * Runs whose branch still exists here and is not part of `base`. Deleting such a branch (after a squash merge, say) is
 * the user's word that it is dealt with. A failure when git cannot tell: none would mean that it may be done again.
 */
export async function findUndelivered(
  repository: Repository,
  base: Oid,
): Promise<Result<readonly Undelivered[]>> {
  const { git, root, commonDir } = repository;
  const answer = await git(
    ['for-each-ref', '--format=%(refname:lstrip=2)', `--no-merged=${base}`, 'refs/heads/sage/'],
    { cwd: root },
  );
  if (!answer.ok) return answer;
  const branches = answer.value.stdout.split('\n').filter((line) => line !== '');
  const found = await Promise.all([
    ...branches.map(async (branch) => {
      const run = runId(branch.slice('sage/'.length));
      const summary = await readSummary(runDirectory(commonDir, run));
      return summary ? success(undelivered(run, summary)) : byTrailers(repository, base, run);
    }),
    ...(await listRuns(commonDir)).map(async (directory) =>
      success(await neverPublished(repository, base, directory)),
    ),
  ]);
  const waiting = new Map<RunId, Undelivered>();
  for (const one of found) {
    if (!one.ok) return one;
    if (one.value && one.value.tickets.length > 0) waiting.set(one.value.run, one.value);
  }
  return success([...waiting.values()]);
}

/** A run whose branch the user never got, so that its absence is no word of theirs. */
async function neverPublished(
  { git, root }: Repository,
  base: Oid,
  directory: RunDirectory,
): Promise<Undelivered | undefined> {
  const summary = await readSummary(directory);
  if (summary?.unpublished !== true) return undefined;
  // It may not even be here.
  const isIn = await isKnownAncestor(git, root, oid(summary.tip), base);
  return isIn ? undefined : undelivered(directory.run, summary);
}

/** A run whose journal is lost or damaged: the trailers on its branch tell. Others without a summary still go on. */
async function byTrailers(
  { git, root, commonDir }: Repository,
  base: Oid,
  run: RunId,
): Promise<Result<Undelivered | undefined>> {
  const journal = await readJournal(runDirectory(commonDir, run).events);
  if (journal.ok && journal.value.events.length > 0) return success(undefined);
  const branch = `sage/${run}`;
  const commits = await branchCommits(git, root, base, `refs/heads/${branch}`, 'all');
  if (!commits.ok) return commits;
  const tickets = landedTickets(run, commits.value).map(({ id }) => id);
  return success({ run, branch, tickets, isLost: true });
}

function undelivered(run: RunId, summary: Summary | undefined): Undelivered | undefined {
  if (summary === undefined) return undefined;
  return { run, branch: `sage/${run}`, tickets: summary.landed.map(({ id }) => ticketId(id)) };
}
