import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../lib/journal/journal.js';
import { NO_SUM } from '../lib/journal/line.js';
import { readJournal } from '../lib/journal/read.js';
import { foldJournal } from '../lib/run/read-run.js';
import { chance } from '../test/engine/fate.js';
import { planned, ticket } from '../test/engine/plans.js';
import { live } from '../test/engine/world.js';
import { inMs, median, timed, type Figure } from './figure.js';

const ROUNDS = 9;

/** Journals of simulated runs with red checks and agents that leave nothing: about 10,000 and 100,000 records. */
const SIZES = [580, 5_800];

/** How long it takes to read a journal, check its chain of sums and fold it: all that recovery does before it asks git. */
export async function benchRecovery(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sage-bench-'));
  try {
    const figures: Figure[] = [];
    for (const tickets of SIZES) figures.push(await recoveryOf(folder, tickets));
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function recoveryOf(folder: string, tickets: number): Promise<Figure> {
  const file = join(folder, `${tickets}.ndjson`);
  const { events } = live(
    planned(
      Array.from({ length: tickets }, (_, order) => ticket(`T-${order}`, { order })),
      { slots: 4 },
    ),
    chance(1, { 'checks.run': 0.1, 'work.harvest': 0.05 }),
  );
  const settings = { file, seq: 0, lastSum: NO_SUM, wholeBytes: 0 };
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  {
    await using journal = await openJournal({
      ...settings,
      clock,
      checkFence: () => Promise.resolve(),
    });
    for (const event of events) journal.append(event);
    await journal.flush();
  }
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { ms, value } = await timed(async () => {
      const content = await readJournal(file);
      return content.ok ? foldJournal(content.value.events) : undefined;
    });
    if (!value?.finished) throw new Error('the journal does not tell the end of its run');
    all.push(ms);
  }
  return {
    what: `recovery of ${events.length} records: read, check, fold`,
    figure: inMs(median(all)),
    aim: tickets === SIZES[0] ? '≤ 1 s for 10,000' : '',
  };
}
