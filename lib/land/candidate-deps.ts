import type { Depot, Identity } from '../git/places.js';
import type { Failure, Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';
import type { CandidateBuild } from '../model/intent.js';

/** What building candidates needs of the world. */
export interface CandidateDeps {
  readonly depot: Depot;
  /** Author of squashed commits, committer of all. */
  readonly identity: Identity;
  /** Holds a commit of the user's that is borrowed, so that they cannot lose it for us. */
  readonly pin: (commit: Oid) => Promise<Result<unknown>>;
}

export const wouldUndo = ({ ticket }: CandidateBuild, paths: readonly string[]): Failure => ({
  code: 'internal/bug',
  message: `landing ${ticket} would change ${paths.length} path(s) that it did not touch, so it was stopped`,
  evidence: paths.slice(0, 50).join('\n'),
});
