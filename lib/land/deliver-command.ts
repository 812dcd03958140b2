import type { Repository } from '../git/places.js';
import type { Checkout } from './checkouts.js';
import type { TrackedIndex } from './forward-checkout.js';
import { localChanges } from './local-changes.js';
import { shellQuoted } from './shell-quoted.js';

/** What is delivered from where. */
interface Delivered {
  readonly repository: Repository;
  /** The run's branch, without `refs/heads/`. */
  readonly branch: string;
  readonly index?: TrackedIndex;
}

/**
 * The one command that finishes it, to be typed in the checkout that sage was called in. Where the ticket index is
 * tracked, its live copy there differs from the target's, and git refuses to merge over it: `sage deliver` knows whose
 * bytes they are; before a true merge they are committed, which cannot lose anything.
 */
export async function commandFor(
  { repository, branch, index }: Delivered,
  target: string,
  here: Checkout,
  at: Checkout | undefined,
  isAhead: boolean,
): Promise<string> {
  const merge = `merge ${isAhead ? '--ff-only ' : ''}${shellQuoted(branch)}`;
  if (at && at.gitDir !== here.gitDir) return `git -C ${shellQuoted(at.path)} ${merge}`;
  const isIndexChanged = index !== undefined && (await hasLocalChange(repository, index.path));
  if (isIndexChanged && isAhead)
    return `sage deliver ${shellQuoted(branch.replace(/^sage\//, ''))}`;
  const commit = isIndexChanged
    ? `git commit -m 'record ticket states' -- ${shellQuoted(index.path)} && `
    : '';
  return here.branch === target
    ? `${commit}git ${merge}`
    : `${commit}git switch ${shellQuoted(target)} && git ${merge}`;
}

/** The user's own changes of the index are put aside and merged back: both sides survive, a conflict is git's to tell. */
export const around = (path: string, command: string) =>
  `git stash push -- ${shellQuoted(path)} && ${command} && git stash pop`;

async function hasLocalChange({ git, root }: Repository, path: string): Promise<boolean> {
  const local = await localChanges(git, root);
  return local.ok && local.value.has(path);
}
