import type { Clock } from '../model/clock.js';
import { trailersOf } from '../model/commit-trailers.js';
import type { Effect } from '../model/effect.js';
import type { EventDraft, EventOf } from '../model/event.js';
import { success, type Failure, type Result } from '../model/failure.js';
import { oid, type Oid } from '../model/ids.js';
import type { RefMove } from '../model/intent.js';
import type { Depot } from '../git/places.js';
import { isAncestor } from '../git/commits.js';
import { clearWay } from '../git/clear-ref-folders.js';
import { moveRef } from '../git/refs.js';
import { keepRefs } from '../git/vault.js';
import type { LanderLock } from './lander-lock.js';
import type { Publisher } from './publisher.js';

export interface RefMoveDeps {
  readonly depot: Depot;
  /** The run's branch, without `refs/heads/`. */
  readonly branch: string;
  readonly lock: LanderLock;
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** Where the target stands in the user's repository if that is news: told with each landing. */
  readonly target?: () => Promise<Oid | undefined>;
}

/** Where the run's branch was found, or was put. */
type Move =
  | { readonly kind: 'moved' }
  /** It was already done: by us before a crash, or by somebody who took the commit along. */
  | { readonly kind: 'found'; readonly commits: readonly Oid[] }
  | { readonly kind: 'stale'; readonly tip: Oid };

/**
 * The effect that lands: compare-and-swap of the run's branch in the depot, under the lander's lock. Its publication
 * in the user's repository follows by itself; of that, the event tells the trouble known so far. What it decides
 * depends on where the branch stands, so that doing it again after a crash is the same as doing it:
 *
 *     branch == old                        swap old → new, the same object    landed
 *     branch == new, or new is in it       nothing                            landed, recovered
 *     Land-Id in old..branch               nothing                            landed, recovered (as another commit)
 *     old..branch ends in another landing  nothing                            bounced: stale
 *     anything else                        put back to old, then swap         landed
 *
 * The last: an agent's lane belongs to the depot, so its git can move or delete the branch. Only what landed is on it.
 */
export function createRefMove(deps: RefMoveDeps): Effect<'ref.move'> {
  const perform: Effect<'ref.move'>['perform'] = async (intent) => {
    const started = deps.clock.monotonic();
    const [move, target] = await Promise.all([underLock(deps, intent), deps.target?.()]);
    if (!move.ok) return [bounced(intent, move.failure)];
    if (move.value.kind === 'stale') return [stale(intent, deps.branch, move.value.tip)];
    const last = move.value.kind === 'found' ? move.value.commits.at(-1) : intent.new;
    deps.publisher.request(last ?? intent.new);
    const ms = Math.round(deps.clock.monotonic() - started);
    const event = landed(intent, move.value, ms, deps.publisher.trouble);
    return [{ ...event, ...(target && intent.ticket !== undefined ? { target } : {}) }];
  };
  return { perform, reconcile: perform };
}

async function underLock(deps: RefMoveDeps, intent: RefMove): Promise<Result<Move>> {
  for (;;) {
    const held = await deps.lock.hold((isOurs) => move(deps, intent, isOurs));
    if (!held.ok) return held;
    if (!held.value.ok || held.value.value !== 'again') return held.value as Result<Move>;
  }
}

/** `again`: the lock went to somebody else before anything was done, or the branch had to be put back. */
async function move(
  { depot, branch }: RefMoveDeps,
  intent: RefMove,
  isOurs: () => boolean,
): Promise<Result<Move | 'again'>> {
  const { git, path } = depot;
  const ref = `refs/heads/${branch}`;
  if (!isOurs()) return success('again');
  const swapped = await moveRef(git, path, ref, intent.new, intent.old, `land ${intent.landId}`);
  if (!swapped.ok) return swapped;
  if (swapped.value === 'moved') return success({ kind: 'moved' });
  const { stale: tip } = swapped.value;
  const found = tip === undefined ? success(undefined) : await lookFor(depot, intent, tip);
  if (!found.ok) return found;
  return found.value ? success(found.value) : putBack(depot, branch, intent.old, tip);
}

/** What an agent put in the branch's place stays below `refs/sage/aside/`. */
async function putBack(
  depot: Depot,
  branch: string,
  old: Oid,
  tip: Oid | undefined,
): Promise<Result<'again'>> {
  const { git, path } = depot;
  const ref = `refs/heads/${branch}`;
  if (tip !== undefined) {
    const kept = await keepRefs(depot, [{ name: `refs/sage/aside/${branch}/${tip}`, oid: tip }]);
    if (!kept.ok) return kept;
  }
  const back = await moveRef(git, path, ref, old, tip, 'put back');
  if (back.ok) return success('again');
  const way = await clearWay(depot, ref);
  if (!way.ok) return way;
  const again = await moveRef(git, path, ref, old, tip, 'put back');
  return again.ok ? success('again') : again;
}

/** The branch is not where it was: has the commit landed all the same, or another one? Undefined: neither. */
async function lookFor(depot: Depot, intent: RefMove, tip: Oid): Promise<Result<Move | undefined>> {
  const { git, path } = depot;
  const contains = await isAncestor(git, path, intent.new, tip);
  if (!contains.ok) return contains;
  if (contains.value) return success({ kind: 'found', commits: commitsOf(intent) });
  const since = ['rev-list', '--no-commit-header', '--format=%H%n%B%x00', `${intent.old}..${tip}`];
  const log = await git(since, { cwd: path });
  if (!log.ok) return log;
  const landings = log.value.stdout.split('\0').flatMap((entry) => {
    const [commit = '', ...message] = entry.trimStart().split('\n');
    const ids = trailersOf(message.join('\n')).filter(([name]) => name === 'Land-Id');
    return ids.map(([, landId]) => ({ commit: oid(commit), landId }));
  });
  const run = intent.landId.slice(0, intent.landId.indexOf('/') + 1);
  const found = (wanted: string) => landings.find(({ landId }) => landId === wanted)?.commit;
  const last = found(intent.landId);
  if (last) {
    // What went with it and cannot be told apart any more is in it.
    const commits = intent.group?.map(({ ticket }) => found(run + ticket) ?? last);
    return success({ kind: 'found', commits: commits ?? [last] });
  }
  const isLanding = landings.some(({ commit, landId }) => commit === tip && landId.startsWith(run));
  const isAhead = isLanding ? await isAncestor(git, path, intent.old, tip) : success(false);
  if (!isAhead.ok) return isAhead;
  return success(isAhead.value ? { kind: 'stale', tip } : undefined);
}

const commitsOf = ({ group, new: commit }: RefMove): readonly Oid[] =>
  group?.map((one) => one.commit) ?? [commit];

function landed(
  intent: RefMove,
  move: Exclude<Move, { kind: 'stale' }>,
  ms: number,
  unpublished: Failure | undefined,
): EventOf<'landing.landed' | 'bookkeeping.landed'> & Pick<EventDraft, 'closes'> {
  const { ticket, key, group } = intent;
  const commits = move.kind === 'found' ? move.commits : commitsOf(intent);
  const commit = commits[0] ?? intent.new;
  const more = { ...(unpublished ? { unpublished } : {}), closes: key };
  if (ticket === undefined) return { type: 'bookkeeping.landed', commit, ...more };
  const recovered = move.kind === 'found' ? { recovered: true } : {};
  const rest = group
    ?.slice(1)
    .map((one, at) => ({ ticket: one.ticket, commit: commits[at + 1] ?? one.commit }));
  return {
    type: 'landing.landed',
    ticket,
    commit,
    ms,
    ...recovered,
    ...(rest ? { rest } : {}),
    ...more,
  };
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
