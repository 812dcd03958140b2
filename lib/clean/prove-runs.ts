import { stat } from 'node:fs/promises';
import { branchCommits } from '../git/branch-commits.js';
import type { Repository } from '../git/places.js';
import { readJournal } from '../journal/read.js';
import { listRuns, type RunDirectory } from '../journal/run-directory.js';
import { oid, safeName, type Oid } from '../model/ids.js';
import type { Summary } from '../model/summary.js';
import { readSummary } from '../run/read-summary.js';

/** How a run stands now, by git. */
export interface RunStanding {
  readonly directory: RunDirectory;
  /** When it ended; for one that has not, when its journal last grew. Milliseconds since 1970. */
  readonly at: number;
  /** Present: it has ended, and everything that it landed is held by a branch of the user's. */
  readonly proof?: Proof;
  /** Why there is no proof, and what to do about it. */
  readonly open?: { readonly why: string; readonly command?: string };
  readonly hasEnded: boolean;
  /** The index did not take all states of its tickets yet: the next start reads them from its summary. */
  readonly owesStates: boolean;
}

interface Proof {
  readonly base: Oid;
  readonly tip: Oid;
  /** Full name of the ref that holds the tip; absent: the run landed nothing. */
  readonly heldBy?: string;
  /** The tickets whose `Land-Id` is there, by their {@link safeName}. */
  readonly landed: ReadonlySet<string>;
}

/** Asks git about all runs of the repository, the oldest first. What runs remember of themselves proves nothing. */
export async function proveRuns(repository: Repository): Promise<readonly RunStanding[]> {
  const standings: RunStanding[] = [];
  for (const directory of await listRuns(repository.commonDir)) {
    standings.push(await proveRun(repository, directory));
  }
  return standings;
}

async function proveRun(repository: Repository, directory: RunDirectory): Promise<RunStanding> {
  const { run } = directory;
  const summary = await readSummary(directory);
  const found =
    (await stat(directory.summary).catch(() => undefined)) ??
    (await stat(directory.events).catch(() => undefined)) ??
    (await stat(directory.path).catch(() => undefined));
  const standing = {
    directory,
    at: found?.mtimeMs ?? 0,
    hasEnded: summary !== undefined,
    owesStates: (summary?.unwritten ?? []).length > 0,
  };
  if (!summary) {
    const journal = await readJournal(directory.events);
    if (journal.ok && journal.value.events.length === 0) {
      return {
        ...standing,
        hasEnded: true,
        open: { why: 'it never began, or its journal is lost' },
      };
    }
    const open = journal.ok
      ? { why: 'it has not ended', command: 'sage resume' }
      : { why: 'its journal cannot be read', command: `sage salvage ${run}` };
    return { ...standing, open };
  }
  const landed = await landedTickets(repository, summary);
  const base = oid(summary.base);
  const tip = oid(summary.tip);
  if (tip === base) return { ...standing, proof: { base, tip, landed: new Set() } };
  const heldBy = await holderOf(repository, tip, summary.target);
  if (heldBy !== undefined && landed) {
    return { ...standing, proof: { base, tip, heldBy, landed } };
  }
  const why = `no branch of yours holds what it landed (${summary.landed.length} ticket(s))`;
  return { ...standing, open: { why, command: `sage deliver ${run}` } };
}

/** By the trailers between base and tip; nothing when git does not have them. */
async function landedTickets(
  { git, root }: Repository,
  { run, base, tip }: Summary,
): Promise<ReadonlySet<string> | undefined> {
  const commits = await branchCommits(git, root, oid(base), tip, 'all');
  if (!commits.ok) return undefined;
  return new Set(
    commits.value
      .flatMap(({ landIds }) => landIds)
      .filter((id) => id.startsWith(`${run}/`))
      .map((id) => safeName(id.slice(run.length + 1))),
  );
}

/**
 * The ref of the user's that holds a commit: the target if it does, else another branch, here or as it was last fetched.
 * Branches that sage made (`sage/…`, `rescue/…`) do not count.
 */
export async function holderOf(
  { git, root }: Repository,
  commit: Oid,
  target?: string,
): Promise<string | undefined> {
  const args = ['for-each-ref', `--contains=${commit}`, '--format=%(refname)'];
  const answer = await git([...args, 'refs/heads/', 'refs/remotes/'], { cwd: root });
  // A commit that is not even here is no branch's.
  if (!answer.ok) return undefined;
  const holders = answer.value.stdout
    .split('\n')
    .filter((name) => name !== '' && !/^refs\/(heads|remotes\/[^/]+)\/(sage|rescue)\//.test(name));
  return holders.find((name) => name === `refs/heads/${target ?? ''}`) ?? holders[0];
}
