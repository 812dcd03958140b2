import { createLanderLock, type LanderLock } from '../../lib/land/lander-lock.js';
import type { Depot, Identity, Repository } from '../../lib/git/places.js';
import { pinBase } from '../../lib/git/depot.js';
import type { CandidateDeps } from '../../lib/land/candidate-deps.js';
import { setRef } from '../../lib/git/refs.js';
import type { Clock } from '../../lib/model/clock.js';
import { attemptAddress, oid, ticketId, type Oid } from '../../lib/model/ids.js';
import type { CandidateBuild, RefMove } from '../../lib/model/intent.js';
import { join } from 'node:path';
import { createWorld, value, type World } from '../git/world.js';

export const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
export const identity: Identity = { name: 'Sage', email: 'sage@example.org' };
export const branch = 'sage/run-1';

/** A user's repository with its depot, a run's branch in it, and a clone that plays the agents. */
export interface LandWorld extends World {
  readonly repository: Repository;
  readonly depot: Depot;
  readonly lock: LanderLock;
  /** The agents' lane: a worktree of the depot. */
  readonly lane: string;
  readonly base: Oid;
  /** Commits what `line` does in the lane, starting from `from` (default: the base). */
  work(line: string, from?: Oid): Oid;
  readonly pin: CandidateDeps['pin'];
  /** What git says of the depot. */
  inDepot(line: string): string;
  /** The run's branch in the depot. */
  tip(): Oid;
}

export async function createLandWorld(
  prepare?: (world: World) => Promise<void>,
): Promise<LandWorld> {
  const world = await createWorld();
  await prepare?.(world);
  const { repository, depot } = await world.open();
  const base = oid(world.sh('git rev-parse HEAD'));
  value(await setRef(depot.git, depot.path, `refs/heads/${branch}`, base));
  const lane = join(world.root, 'lane');
  const inDepot = (line: string) => world.sh(`git ${line}`, depot.path);
  inDepot(`worktree add -q --detach '${lane}' ${base}`);
  return Object.assign(world, {
    repository,
    depot,
    base,
    lane,
    inDepot,
    pin: (commit: Oid) => pinBase(repository, commit),
    lock: createLanderLock({ directory: join(repository.commonDir, 'sage'), holder: 'run run-1' }),
    work: (line: string, from: Oid = base) => {
      world.sh(`git checkout -q -f --detach ${from} && git clean -fdq`, lane);
      world.sh(`${line}\ngit add -A && git commit -q -m work`, lane);
      return oid(world.sh('git rev-parse HEAD', lane));
    },
    tip: () => oid(inDepot(`rev-parse refs/heads/${branch}`)),
  });
}

let count = 0;

export function candidateIntent(
  world: LandWorld,
  work: Oid,
  more: Partial<CandidateBuild> = {},
): CandidateBuild {
  count += 1;
  const ticket = ticketId('T-1');
  return {
    kind: 'candidate.build',
    key: `candidate/T-1/${count}`,
    ticket,
    attempt: attemptAddress(ticket, 1),
    work,
    base: world.base,
    onto: world.tip(),
    commits: [],
    message: 'feat(t): #T-1 title\n\nCloses: #T-1\nLand-Id: run-1/T-1\n',
    at: '2026-11-21T08:00:00.000Z',
    name: `run-1/${count}`,
    ...more,
  };
}

export const moveIntent = (old: Oid, to: Oid, ticket = 'T-1'): RefMove => ({
  kind: 'ref.move',
  key: `move/${ticket}`,
  landId: `run-1/${ticket}`,
  ticket: ticketId(ticket),
  old,
  new: to,
});
