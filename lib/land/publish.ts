import { setTimeout as pause } from 'node:timers/promises';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { Depot, Repository } from '../git/places.js';
import { isKnownAncestor } from '../git/commits.js';
import { asGuest } from '../git/guest.js';
import { PLAIN_FETCH } from '../git/plain-fetch.js';
import { readRef } from '../git/refs.js';
import { lockedFailure, lockIn } from '../git/stale-lock.js';
import { findCheckouts } from './checkouts.js';
import { shellQuoted } from './shell-quoted.js';

/** Another git's lock mostly stands for milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Copies what landed, up to `tip`, from the depot into the user's repository, as the branch of the run's name, by a fetch
 * that may be repeated. The commit is named, not the depot's branch, which agents can move. A branch that the user has
 * checked out or has moved elsewhere is left alone: the failure says so.
 */
export async function publish(
  repository: Repository,
  depot: Depot,
  branch: string,
  tip: Oid,
): Promise<Result<'published'>> {
  const { git, root } = repository;
  const ref = `refs/heads/${branch}`;
  const fetched = await copied(repository, depot, ref, tip);
  if (fetched.ok) return success('published');
  if (lockIn(fetched.failure)) return failed(await lockedFailure(fetched.failure));

  const theirs = await readRef(git, root, ref);
  if (!theirs.ok) return theirs;
  if (theirs.value !== undefined && (await isKnownAncestor(git, root, tip, theirs.value))) {
    return success('published');
  }
  const user = (await findCheckouts(repository)).find(({ uses }) => uses.includes(branch));
  if (!user && theirs.value === undefined) return fetched;
  // git refuses before it copies anything; the commits themselves are wanted all the same.
  await git([...PLAIN_FETCH, depot.path, tip], { cwd: root });
  return failed(
    user ? inUse(branch, user.path, tip) : movedElsewhere(branch, tip, fetched.failure),
  );
}

/** A lock of somebody else is waited for. */
async function copied(repository: Repository, depot: Depot, ref: string, tip: Oid) {
  const { git, root } = repository;
  for (const deadline = performance.now() + PATIENCE_MS; ;) {
    const done = await asGuest(repository, [ref], () =>
      git([...PLAIN_FETCH, depot.path, `${tip}:${ref}`], { cwd: root }),
    );
    if (done.ok || !lockIn(done.failure) || performance.now() > deadline) return done;
    await pause(100);
  }
}

const inUse = (branch: string, path: string, tip: Oid): Failure => ({
  code: 'land/not-published',
  message: `${branch} is checked out in ${path}, so it was left where it is`,
  hint: `git -C ${shellQuoted(path)} merge --ff-only ${tip}`,
});

const movedElsewhere = (branch: string, tip: Oid, cause: Failure): Failure => ({
  code: 'land/not-published',
  message: `${branch} could not be brought forward to ${tip.slice(0, 12)}; somebody else moved it`,
  hint: `git branch ${shellQuoted(`${branch}-${tip.slice(0, 7)}`)} ${tip}`,
  cause,
});
