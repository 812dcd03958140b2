import type { Depot, Identity } from '../git/places.js';
import type { Result } from '../model/failure.js';
import type { Oid } from '../model/ids.js';

/** What building candidates needs of the world. */
export interface CandidateDeps {
  readonly depot: Depot;
  /** Author of squashed commits, committer of all. */
  readonly identity: Identity;
  /** Holds a commit of the user's that is borrowed, so that they cannot lose it for us. */
  readonly pin: (commit: Oid) => Promise<Result<unknown>>;
}
