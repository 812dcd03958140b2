import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inSeconds, median, type Figure } from './figure.js';
import { readGraphs, type SolvedGraph } from './graphs.js';
import { createScratch } from './scratch.js';

/** Every optimum is scaled to this. */
const OPTIMUM_MS = 25_000;
const GRAPHS_A_COUNT = 3;
/** Sleeping tickets leave the machine alone, but what a run does about them does not. */
const AT_ONCE = 3;

/**
 * Real runs on a dozen Standard Task Graphs whose tickets sleep for the scaled durations: wall time of the whole
 * program ÷ proved optimum. `folder` holds `stg/`.
 */
export async function benchMakespan(folder: string): Promise<readonly Figure[]> {
  const graphs = await readGraphs(join(folder, 'stg'));
  const chosen = [2, 3, 4, 8].flatMap((slots) => {
    const fit = graphs.filter((one) => one.slots === slots && one.instance.tickets.length < 60);
    return Array.from(
      { length: GRAPHS_A_COUNT },
      (_, number) => fit[Math.floor((number * fit.length) / GRAPHS_A_COUNT)],
    ).filter((one) => one !== undefined);
  });
  const ratios: number[] = [];
  const waiting = [...chosen];
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      ratios.push((await realRun(next)) / OPTIMUM_MS);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  return [
    {
      what: `makespan ÷ proved optimum, ${ratios.length} task graphs, real processes that sleep (optimum ${inSeconds(OPTIMUM_MS)})`,
      figure: `mean ${mean.toFixed(3)}, median ${median(ratios).toFixed(3)}, worst ${Math.max(...ratios).toFixed(3)}`,
      aim: '≤ 1.05',
    },
  ];
}

async function realRun({ instance, slots, optimum }: SolvedGraph): Promise<number> {
  await using scratch = await createScratch(200);
  const folder = join(scratch.root, 'seconds');
  await mkdir(folder);
  // Tasks of no length stand for the start and the end of the graph: they would be tickets without work.
  const isReal = (id: string) => (instance.minutes[Number(id.slice(1))] ?? 0) > 0;
  const tickets = instance.tickets.filter(({ id }) => isReal(id));
  for (const { id, estimateMinutes } of tickets) {
    const seconds = (estimateMinutes / optimum) * (OPTIMUM_MS / 1_000);
    await writeFile(join(folder, id), seconds.toFixed(3));
  }
  await scratch.queue(
    tickets.map(({ id, dependsOn, estimateMinutes }) => ({
      id,
      dependencies: dependsOn.filter(isReal),
      points: estimateMinutes,
    })),
    `sleep "$(cat '${folder}'/$SAGE_TICKET)"; echo done > "done-$SAGE_TICKET.txt"`,
  );
  const { wallMs, summary } = await scratch.stream([`--parallel=${slots}`]);
  if (summary.landed.length !== tickets.length) throw new Error('not every ticket landed');
  return wallMs;
}
