import { join } from 'node:path';
import type { Oid } from '../model/ids.js';
import type { Git } from './git.js';

/** The user's repository, as far as it is looked at. Nothing here writes to its checkout. */
export interface Repository {
  readonly git: Git;
  /** Top of the checkout that sage was called in. */
  readonly root: string;
  /** That checkout's git directory (a linked worktree has its own). */
  readonly gitDir: string;
  /** The git directory that all its worktrees share; `<commonDir>/sage` is ours. */
  readonly commonDir: string;
  /** Last part of the root's path, for people. */
  readonly name: string;
}

/** The private bare repository in which lanes, candidates, the run's branch and kept work live. */
export interface Depot {
  readonly git: Git;
  /** {@link depotPath} of the repository. */
  readonly path: string;
  /** What its own files must say: agents share them through their lanes, so they are put right before every use. */
  readonly canonical: readonly CanonicalFile[];
  /** The user's branches as they were shown in it when it was opened: full names and commits. */
  readonly mirrored: ReadonlyMap<string, Oid>;
}

/** Where a repository's depot lies, made or not. */
export const depotPath = (commonDir: string) => join(commonDir, 'sage', 'depot.git');

/** A file of the depot and its only right content; absent content: the file must not be there. */
export interface CanonicalFile {
  /** Relative to the depot. */
  readonly path: string;
  readonly content?: string;
}

/** Name and e-mail for commits. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** A commit and its tree. */
export interface CommitTree {
  readonly commit: Oid;
  readonly tree: Oid;
}
