import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDepot, pinBase } from '../lib/git/depot.js';
import { createGit } from '../lib/git/git.js';
import type { Depot } from '../lib/git/places.js';
import { openRepository } from '../lib/git/repository.js';
import { withStandingGits } from '../lib/git/standing-gits.js';
import { createWorkHarvest } from '../lib/lanes/harvest.js';
import { laneAt, type LaneYard } from '../lib/lanes/lane.js';
import { createMutex } from '../lib/lanes/mutex.js';
import { createLanePrepare } from '../lib/lanes/prepare.js';
import { success } from '../lib/model/failure.js';
import { attemptAddress, laneName, oid, runId, ticketId, type Oid } from '../lib/model/ids.js';
import { createRunProcess } from '../lib/process/run-process.js';
import { inMs, median, timed, type Figure } from './figure.js';
import { createScratch, type Scratch } from './scratch.js';
import { valueOf } from './value-of.js';

const ROUNDS = 15;
const CHANGED = 20;
const run = runId('20261121-080000-beef');
const lane = laneName(1);
const ticket = ticketId('T-1');
const never = new AbortController().signal;

/**
 * How long a lane that an agent has left takes until the next agent may start in it: on another commit, clean, proven
 * so. The one before left a changed file and a new one; the commits differ by twenty files. Also what taking that work
 * costs.
 */
export async function benchLaneReady(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const files of [2_000, 30_000]) {
    const { readyMs, harvestMs } = await measure(files);
    figures.push(
      {
        what: `lane ready for its next ticket, ${files} files`,
        figure: inMs(readyMs),
        aim: '≤ 100 ms',
      },
      { what: `  and taking the work that is left in it`, figure: inMs(harvestMs), aim: '' },
    );
  }
  return figures;
}

async function measure(files: number): Promise<{ readyMs: number; harvestMs: number }> {
  await using scratch = await createScratch(files, true);
  const bases = [oid(await scratch.git(['rev-parse', 'HEAD'])), await secondBase(scratch)] as const;
  const repository = valueOf(await openRepository(createGit(scratch.env), scratch.checkout));
  const depot = valueOf(await openDepot(repository));
  await using git = withStandingGits(depot.git, depot.path);
  const yard = openYard(scratch, { ...depot, git });
  for (const base of bases) valueOf(await pinBase(repository, base));
  const prepare = createLanePrepare(yard);
  const harvest = createWorkHarvest(yard);
  const { path } = laneAt(yard.root, lane);
  const ready: number[] = [];
  const taken: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const base = bases[round % 2] ?? bases[0];
    const about = { key: 'bench', lane, ticket, attempt: attemptAddress(ticket, round + 1), base };
    const made = await timed(() => prepare.perform({ kind: 'lane.prepare', ...about }, never));
    if (made.value[0]?.type !== 'lane.prepared') throw new Error(JSON.stringify(made.value));
    // The first one is made, not reused.
    if (round > 0) ready.push(made.ms);
    await writeFile(join(path, `new-${round}.txt`), 'new\n');
    await writeFile(join(path, 'src/part-0/group-0/file-0.ts'), `changed ${round}\n`);
    const got = await timed(() => harvest.perform({ kind: 'work.harvest', ...about }, never));
    const [event] = got.value;
    if (event?.type !== 'work.harvested' || event.harvest?.filesTotal !== 2) {
      throw new Error(JSON.stringify(got.value));
    }
    taken.push(got.ms);
  }
  return { readyMs: median(ready), harvestMs: median(taken) };
}

/** A commit on the first that changes some files. */
async function secondBase(scratch: Scratch): Promise<Oid> {
  const changes = Array.from(
    { length: CHANGED },
    (_, number) =>
      `M 100644 inline src/part-0/group-${number}/file-${number * 40}.ts\ndata 8\nchanged\n`,
  );
  const head = `commit refs/heads/second\ncommitter Bench <bench@example.org> 1763712000 +0000\n`;
  const input = `${head}data 6\nsecond\nfrom refs/heads/main^0\n${changes.join('\n')}\n`;
  await scratch.git(['fast-import', '--quiet'], { input });
  return oid(await scratch.git(['rev-parse', 'second']));
}

function openYard(scratch: Scratch, depot: Depot): LaneYard {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  return {
    depot,
    root: join(scratch.root, 'lanes'),
    checkout: scratch.checkout,
    run,
    runDirectory: join(scratch.root, 'run'),
    identity: { name: 'Bench', email: 'bench@example.org' },
    setup: { copy: [], run: [] },
    env: scratch.env,
    runProcess: createRunProcess({ clock }),
    clock,
    mutex: createMutex(),
    // A run looks only where a program did not end provably.
    noProcessLeft: () => Promise.resolve(success(undefined)),
  };
}
