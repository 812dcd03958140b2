import { readFile } from 'node:fs/promises';
import type { Repository } from '../git/places.js';
import { runDirectory } from '../journal/run-directory.js';
import { runId, ticketId, type Oid, type RunId, type TicketId } from '../model/ids.js';
import type { Summary } from '../model/summary.js';

/** A run of ours whose landed work the base does not hold. */
export interface Undelivered {
  readonly run: RunId;
  readonly branch: string;
  readonly tickets: readonly TicketId[];
}

/**
 * Runs whose branch still exists here and is not part of `base`. Deleting such a branch (after a squash merge, say) is
 * the user's word that it is dealt with.
 */
export async function findUndelivered(
  repository: Repository,
  base: Oid,
): Promise<readonly Undelivered[]> {
  const { git, root, commonDir } = repository;
  const answer = await git(
    ['for-each-ref', '--format=%(refname:lstrip=2)', `--no-merged=${base}`, 'refs/heads/sage/'],
    { cwd: root },
  );
  if (!answer.ok) return [];
  const branches = answer.value.stdout.split('\n').filter((line) => line !== '');
  const found = await Promise.all(
    branches.map(async (branch): Promise<Undelivered | undefined> => {
      const run = runId(branch.slice('sage/'.length));
      const { summary } = runDirectory(commonDir, run);
      const text = await readFile(summary, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const { landed } = JSON.parse(text) as Summary;
      return { run, branch, tickets: landed.map(({ id }) => ticketId(id)) };
    }),
  );
  return found.filter((entry) => entry !== undefined && entry.tickets.length > 0) as Undelivered[];
}
