import type { Repository } from '../git/places.js';
import type { RetryAnswer } from '../model/answer-schemas.js';
import type { Clock } from '../model/clock.js';
import { retryInIndex } from './retry-in-index.js';
import { retryInRun } from './retry-in-run.js';
import { watchRun } from './watch-run.js';

/**
 * Wants deferred tickets tried again. A run that goes on here and has them takes them up by itself; where none does, their
 * state in the index goes back to UNPROCESSED and the next run takes them. What was kept of them stays where it is.
 */
export async function retryTickets(
  repository: Repository,
  clock: Clock,
  asked: readonly string[],
): Promise<RetryAnswer> {
  const tickets = [...new Set(asked)];
  using watch = await watchRun(repository.commonDir, undefined);
  const status = await watch?.read();
  const taken =
    watch?.state && status?.pid !== undefined
      ? await retryInRun(watch, watch.state, clock, tickets)
      : undefined;
  return taken ?? (await retryInIndex({ repository, clock }, tickets));
}
