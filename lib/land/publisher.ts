import type { Depot, Repository } from '../git/places.js';
import { deleteRefs, listRefs } from '../git/refs.js';
import type { Failure } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { publish } from './publish.js';

/** Copies what lands to the user's repository while the next ticket is being landed. */
export interface Publisher extends AsyncDisposable {
  /** The commit has landed: it is copied soon, together with what lands until then. */
  request(commit: Oid): void;
  /** Why the last copy that ended did not succeed. */
  readonly trouble: Failure | undefined;
  /** Waits until all that was requested is copied, or could not be. */
  settle(): Promise<void>;
}

interface PublisherDeps {
  readonly repository: Repository;
  readonly depot: Depot;
  /** The run's branch, without `refs/heads/`. */
  readonly branch: string;
}

/** Between two copies: each costs as much as landing a ticket. */
const PAUSE_MS = 250;

/**
 * One copy at a time, the first at once, the next ones a quarter of a second apart. A run that is killed before its
 * last copy has everything in the depot; its next start, or `sage deliver`, copies it.
 */
export function createPublisher({ repository, depot, branch }: PublisherDeps): Publisher {
  const landed: Oid[] = [];
  let running: Promise<void> | undefined;
  let trouble: Failure | undefined;
  let isHurried = false;
  let wake: (() => void) | undefined;

  const copy = async () => {
    while (landed.length > 0) {
      const commits = landed.splice(0);
      const tip = commits.at(-1) as Oid;
      const [published] = await Promise.all([
        publish(repository, depot, branch, tip),
        dropCandidates(depot, new Set(commits)),
      ]);
      trouble = published.ok ? undefined : published.failure;
      if (!isHurried) await pause();
    }
  };
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const settle = async () => {
    isHurried = true;
    wake?.();
    await running;
    isHurried = false;
  };
  return {
    request(commit) {
      landed.push(commit);
      running ??= copy()
        .catch((error: unknown) => {
          trouble = { code: 'internal/bug', message: `publishing broke: ${String(error)}` };
        })
        .finally(() => (running = undefined));
    },
    get trouble() {
      return trouble;
    },
    settle,
    [Symbol.asyncDispose]: settle,
  };
}

/** What has landed is held by the branch. Losing this only leaves a ref too many. */
async function dropCandidates({ git, path }: Depot, commits: ReadonlySet<Oid>): Promise<void> {
  const refs = await listRefs(git, path, 'refs/sage/candidate/');
  if (!refs.ok) return;
  await deleteRefs(
    git,
    path,
    refs.value.filter(({ oid }) => commits.has(oid)),
  );
}
