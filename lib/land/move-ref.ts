import type { Clock } from '../model/clock.js';
import { trailersOf } from '../model/commit-trailers.js';
import type { Effect } from '../model/effect.js';
import type { EventDraft } from '../model/event.js';
import { failed, success, type Failure, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { RefMove } from '../model/intent.js';
import type { Depot } from '../git/places.js';
import { moveRef } from '../git/refs.js';
import type { LanderLock } from './lander-lock.js';
import type { Publisher } from './publisher.js';

export interface RefMoveDeps {
  readonly depot: Depot;
  /** The run's branch, without `refs/heads/`. */
  readonly branch: string;
  readonly lock: LanderLock;
  readonly publisher: Publisher;
  readonly clock: Clock;
}

/** Where the run's branch was found, or was put. */
type Move =
  | { readonly kind: 'moved' }
  /** It was already done: by us before a crash, or by somebody who took the commit along. */
  | { readonly kind: 'found'; readonly commit: Oid }
  | { readonly kind: 'stale'; readonly tip: Oid };

/**
 * The effect that lands: compare-and-swap of the run's branch in the depot, under the lander's lock. Its publication
 * in the user's repository follows by itself; of that, the event tells the trouble known so far. What it decides depends on where the branch stands, so that doing it again
 * after a crash is the same as doing it:
 *
 *     branch == old                      swap old → new, the same object     landed
 *     branch == new, or new is in it     nothing                             landed, recovered
 *     neither, Land-Id in old..branch    nothing                             landed, recovered (as another commit)
 *     neither                            nothing                             bounced: stale
 */
export function createRefMove(deps: RefMoveDeps): Effect<'ref.move'> {
  const perform: Effect<'ref.move'>['perform'] = async (intent) => {
    const started = deps.clock.monotonic();
    const move = await underLock(deps, intent);
    if (!move.ok) return [bounced(intent, move.failure)];
    if (move.value.kind === 'stale') return [stale(intent, deps.branch, move.value.tip)];
    deps.publisher.request(intent.new);
    const ms = Math.round(deps.clock.monotonic() - started);
    return [landed(intent, move.value, ms, deps.publisher.trouble)];
  };
  return { perform, reconcile: perform };
}

async function underLock(deps: RefMoveDeps, intent: RefMove): Promise<Result<Move>> {
  for (;;) {
    const held = await deps.lock.hold((isOurs) => move(deps, intent, isOurs));
    if (!held.ok) return held;
    if (!held.value.ok || held.value.value !== 'lost') return held.value as Result<Move>;
  }
}

/** `lost`: the lock went to somebody else before anything was done. */
async function move(
  { depot, branch }: RefMoveDeps,
  intent: RefMove,
  isOurs: () => boolean,
): Promise<Result<Move | 'lost'>> {
  const { git, path } = depot;
  const ref = `refs/heads/${branch}`;
  if (!isOurs()) return success('lost');
  const swapped = await moveRef(git, path, ref, intent.new, intent.old, `land ${intent.landId}`);
  if (!swapped.ok) return swapped;
  if (swapped.value === 'moved') return success({ kind: 'moved' });
  return swapped.value.stale === undefined
    ? failed(gone(depot, branch))
    : lookFor(depot, intent, swapped.value.stale);
}

/** The branch is not where it was: has the commit landed all the same? */
async function lookFor(depot: Depot, intent: RefMove, tip: Oid): Promise<Result<Move>> {
  const { git, path } = depot;
  const contains = await git(['merge-base', '--is-ancestor', intent.new, tip], {
    cwd: path,
    okCodes: [0, 1],
  });
  if (!contains.ok) return contains;
  if (contains.value.code === 0) return success({ kind: 'found', commit: intent.new });
  const since = ['rev-list', '--no-commit-header', '--format=%H%n%B%x00', `${intent.old}..${tip}`];
  const log = await git(since, { cwd: path });
  if (!log.ok) return log;
  for (const entry of log.value.stdout.split('\0').map((one) => one.trimStart())) {
    const end = entry.indexOf('\n');
    const isIt = trailersOf(entry.slice(end + 1)).some(
      ([name, value]) => name === 'Land-Id' && value === intent.landId,
    );
    if (isIt) return success({ kind: 'found', commit: oid(entry.slice(0, end)) });
  }
  return success({ kind: 'stale', tip });
}

function landed(
  { ticket, key, ...intent }: RefMove,
  move: Exclude<Move, { kind: 'stale' }>,
  ms: number,
  unpublished: Failure | undefined,
): EventDraft {
  const commit = move.kind === 'found' ? move.commit : intent.new;
  const rest = { ...(unpublished ? { unpublished } : {}), closes: key };
  if (ticket === undefined) return { type: 'bookkeeping.landed', commit, ...rest };
  const recovered = move.kind === 'found' ? { recovered: true } : {};
  return { type: 'landing.landed', ticket, commit, ms, ...recovered, ...rest };
}

function stale({ ticket, key, landId }: RefMove, branch: string, tip: Oid): EventDraft {
  if (ticket !== undefined) {
    return { type: 'landing.bounced', ticket, why: 'stale', tip, closes: key };
  }
  const failure: Failure = {
    code: 'git/failed',
    message: `${branch} moved to ${tip.slice(0, 12)} before ${landId} could land; the ticket states stand in the checkout's index only`,
  };
  return { type: 'bookkeeping.landed', failure, closes: key };
}

function bounced({ ticket, key }: RefMove, failure: Failure): EventDraft {
  return ticket === undefined
    ? { type: 'bookkeeping.landed', failure, closes: key }
    : { type: 'landing.bounced', ticket, why: 'failed', failure, closes: key };
}

const gone = (depot: Depot, branch: string): Failure => ({
  code: 'git/failed',
  message: `the run's branch ${branch} is gone from the depot`,
  where: { file: depot.path },
});
