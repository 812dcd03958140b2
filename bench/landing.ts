import { join } from 'node:path';
import { openDepot } from '../lib/git/depot.js';
import { createGit } from '../lib/git/git.js';
import type { Depot, Repository } from '../lib/git/places.js';
import { setRef } from '../lib/git/refs.js';
import { openRepository } from '../lib/git/repository.js';
import { withStandingGits } from '../lib/git/standing-gits.js';
import { NO_SUM } from '../lib/journal/line.js';
import { openJournal, type Journal } from '../lib/journal/journal.js';
import { createCandidateBuild } from '../lib/land/candidate.js';
import { createLanderLock, type LanderLock } from '../lib/land/lander-lock.js';
import { lingering } from '../lib/land/lingering-lock.js';
import { createRefMove } from '../lib/land/move-ref.js';
import { createPublisher } from '../lib/land/publisher.js';
import type { Clock } from '../lib/model/clock.js';
import type { EventDraft } from '../lib/model/event.js';
import { success } from '../lib/model/failure.js';
import { attemptAddress, oid, ticketId, type Oid } from '../lib/model/ids.js';
import { inMs, median, timed, times, type Figure } from './figure.js';
import { createScratch, output, type Scratch } from './scratch.js';
import { valueOf } from './value-of.js';

const LANDINGS = 30;
/** The first ones pay for what is read once. */
const WARM_UP = 3;
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
const never = new AbortController().signal;

/**
 * What the landing of a green ticket costs beside its git commands alone: from the finished work to the journal's
 * record that it landed, against merge-tree, commit-tree, update-ref and fetch started by hand. Both land the same
 * work, taking turns, each on a branch of its own.
 */
export async function benchLanding(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const files of [2_000, 30_000]) {
    const { ours, floor } = await measure(files);
    figures.push({
      what: `landing of a green ticket ÷ its git commands, ${files} files`,
      figure: `${times(ours / floor)} (${inMs(ours)})`,
      aim: '≤ 1.5 ×',
    });
  }
  return figures;
}

async function measure(files: number): Promise<{ ours: number; floor: number }> {
  await using scratch = await createScratch(files, true);
  const git = createGit(scratch.env);
  const repository = valueOf(await openRepository(git, scratch.checkout));
  const opened = valueOf(await openDepot(repository));
  await using standing = withStandingGits(opened.git, opened.path);
  const depot = { ...opened, git: standing };
  const base = oid(await scratch.git(['rev-parse', 'HEAD']));
  const works = await makeWorks(scratch, depot, base);
  for (const branch of ['sage/ours', 'sage/floor']) {
    valueOf(await setRef(git, depot.path, `refs/heads/${branch}`, base));
  }
  await using journal = await openJournal({
    file: join(scratch.root, 'events.ndjson'),
    clock,
    seq: 0,
    lastSum: NO_SUM,
    wholeBytes: 0,
    checkFence: () => Promise.resolve(),
  });
  await using lock = lingering(
    createLanderLock({ directory: join(repository.commonDir, 'sage'), holder: 'bench' }),
  );
  const land = lander(repository, depot, journal, lock, base);
  const ours: number[] = [];
  const floors: number[] = [];
  let [tip, floorTip] = [base, base];
  for (const work of works) {
    const one = await timed(() => land(work, tip));
    const other = await timed(() => bareLanding(scratch, depot, work, floorTip));
    [tip, floorTip] = [one.value, other.value];
    ours.push(one.ms);
    floors.push(other.ms);
  }
  const landed = await scratch.git(['rev-list', '--count', `${base}..sage/ours`]);
  if (Number(landed) !== works.length) throw new Error(`${landed} of ${works.length} landed`);
  return { ours: median(ours.slice(WARM_UP)), floor: median(floors.slice(WARM_UP)) };
}

/** Finished work, as harvests leave it: commits on the base, each with a file of its own and a change to another. */
async function makeWorks(scratch: Scratch, depot: Depot, base: Oid): Promise<Oid[]> {
  const commits = Array.from({ length: LANDINGS }, (_, number) =>
    [
      `commit refs/sage/work/${number}`,
      'committer Bench <bench@example.org> 1763712000 +0000',
      `data 4\nwork\nfrom ${base}`,
      `M 100644 inline new/file-${number}.ts\ndata 5\nnew ${number % 10}`,
      `M 100644 inline src/part-0/group-0/file-${number % 40}.ts\ndata 8\nchanged\n`,
      '',
    ].join('\n'),
  );
  const cwd = depot.path;
  await scratch.git(['fast-import', '--quiet'], { cwd, input: commits.join('\n') });
  const listed = await scratch.git(
    ['for-each-ref', '--format=%(objectname)', '--sort=version:refname', 'refs/sage/work/'],
    { cwd },
  );
  return listed.split('\n').map(oid);
}

/** Lands like a run does: build, journal, move, journal. */
function lander(
  repository: Repository,
  depot: Depot,
  journal: Journal,
  lock: LanderLock,
  base: Oid,
) {
  const identity = { name: 'Bench', email: 'bench@example.org' };
  const build = createCandidateBuild({
    depot,
    identity,
    pin: (commit) => Promise.resolve(success(commit)),
  });
  const branch = 'sage/ours';
  const publisher = createPublisher({ repository, depot, branch });
  const move = createRefMove({ depot, branch, clock, publisher, lock });
  let number = 0;
  const record = async (events: readonly EventDraft[]) => {
    events.forEach((event) => journal.append(event));
    await journal.flush();
  };
  return async (work: Oid, onto: Oid): Promise<Oid> => {
    number += 1;
    const ticket = ticketId(`T-${number}`);
    const attempt = attemptAddress(ticket, 1);
    await record([{ type: 'landing.started', ticket, onto }]);
    const built = await build.perform(
      {
        kind: 'candidate.build',
        key: `build/${number}`,
        name: `bench/${number}`,
        message: `feat: #${ticket} title\n\nLand-Id: bench/${ticket}\n`,
        at: '2026-11-21T08:00:00.000Z',
        commits: [],
        ...{ ticket, attempt, work, base, onto },
      },
      never,
    );
    const [prepared] = built;
    if (prepared?.type !== 'landing.prepared') throw new Error(JSON.stringify(built));
    const { commit } = prepared;
    await record([...built, { type: 'landing.moving', ticket, old: onto, new: commit }]);
    const key = `move/${number}`;
    const landId = `bench/${ticket}`;
    const moved = await move.perform(
      { kind: 'ref.move', key, landId, ticket, old: onto, new: commit },
      never,
    );
    if (moved[0]?.type !== 'landing.landed') throw new Error(JSON.stringify(moved));
    await record(moved);
    // A run does not wait for this; it is part of what a landing costs all the same.
    await publisher.settle();
    return commit;
  };
}

const FSYNC = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'core.fsync',
  GIT_CONFIG_VALUE_0: 'committed,loose-object,reference',
};

/** The same by hand, with git's files synced to the disk as ours are. */
async function bareLanding(scratch: Scratch, depot: Depot, work: Oid, onto: Oid): Promise<Oid> {
  const env = { ...scratch.env, ...FSYNC };
  const git = (args: readonly string[], cwd = depot.path, input?: string) =>
    output('git', args, { cwd, env, ...(input === undefined ? {} : { input }) });
  const ref = 'refs/heads/sage/floor';
  const tree = await git(['merge-tree', '--write-tree', onto, work]);
  const commit = await git(['commit-tree', tree, '-p', onto], depot.path, 'feat: title\n');
  await git(['update-ref', ref, commit, onto]);
  await git(['fetch', '-q', '--no-tags', depot.path, `${ref}:${ref}`], scratch.checkout);
  return oid(commit);
}
