import { CANDIDATES } from '../git/candidate-refs.js';
import type { Depot, Repository } from '../git/places.js';
import { deleteRefs, listRefs } from '../git/refs.js';
import type { Failure } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import { publish } from './publish.js';

/** Copies what lands to the user's repository while the next ticket is being landed; lets go of its candidates. */
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

/** The least and the longest time between two copies, and how many times its own time each one is followed by. */
const PAUSE = { leastMs: 250, longestMs: 2_000, times: 9 };
/** Refs of candidates that landed are dropped together. */
const DROPPED_AT_ONCE = 32;

/**
 * One copy at a time, the first at once, the next ones so far apart that they take a tenth of the time: each costs more
 * than landing a ticket. A run that is killed before its last copy has everything in the depot; its next start, or
 * `sage deliver`, copies it.
 */
export function createPublisher({ repository, depot, branch }: PublisherDeps): Publisher {
  const landed: Oid[] = [];
  /** Landed, with refs of candidates that may still hold them. */
  const held = new Set<Oid>();
  let running: Promise<void> | undefined;
  let trouble: Failure | undefined;
  let isHurried = false;
  let wake: (() => void) | undefined;

  const copy = async () => {
    while (landed.length > 0) {
      const commits = landed.splice(0);
      const tip = commits.at(-1) as Oid;
      for (const commit of commits) held.add(commit);
      const started = performance.now();
      const [published] = await Promise.all([
        publish(repository, depot, branch, tip),
        held.size >= DROPPED_AT_ONCE ? dropHeld(depot, held) : undefined,
      ]);
      trouble = published.ok ? undefined : published.failure;
      if (!isHurried) await pause(performance.now() - started);
    }
  };
  const pause = (copyMs: number) =>
    new Promise<void>((resolve) => {
      const ms = Math.max(PAUSE.leastMs, Math.min(PAUSE.longestMs, copyMs * PAUSE.times));
      const timer = setTimeout(resolve, ms);
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
    async [Symbol.asyncDispose]() {
      await settle();
      await dropHeld(depot, held);
    },
  };
}

/** What has landed is held by the branch. Losing this only leaves a ref too many. */
async function dropHeld({ git, path }: Depot, landed: Set<Oid>): Promise<void> {
  if (landed.size === 0) return;
  const refs = await listRefs(git, path, CANDIDATES);
  if (!refs.ok) return;
  const commits = new Set(landed);
  landed.clear();
  await deleteRefs(
    git,
    path,
    refs.value.filter(({ oid }) => commits.has(oid)),
  );
}
