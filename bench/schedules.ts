import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueueSettings } from '../lib/engine/queue.js';
import { simulate } from '../lib/engine/simulate.js';
import type { Edge } from '../lib/graph/dag.js';
import type { Figure } from './figure.js';
import { randomFrom } from './generate.js';
import { instanceOf, readGraphs, type Instance } from './graphs.js';

const SLOTS = [2, 3, 4, 8];

/**
 * How close the dispatch policy comes to the best possible: mean and worst makespan ÷ proved optimum on the Standard Task
 * Graph set, and ÷ lower bound on real ticket queues, whose tickets get measured agent durations. `folder` holds `stg/`
 * and `tickets/`. On a virtual clock.
 */
export async function benchSchedules(folder: string): Promise<readonly Figure[]> {
  const graphs = await readGraphs(join(folder, 'stg'));
  const queues = await readQueues(join(folder, 'tickets'));
  const ratios = SLOTS.map((slots) =>
    graphs
      .filter((one) => one.slots === slots)
      .map(({ instance, optimum }) => makespan(instance, { slots }) / optimum),
  );
  const figures: Figure[] = [
    {
      what: `makespan ÷ proved optimum, ${graphs.length} task graphs, virtual clock`,
      figure: summary(ratios.flat()),
      aim: 'mean ≤ 1.01',
    },
    ...SLOTS.map((slots, index) => ({
      what: `  ${slots} workers`,
      figure: summary(ratios[index] ?? []),
      aim: '',
    })),
  ];
  for (const slots of SLOTS) {
    const over = (settings: Partial<QueueSettings>) =>
      summary(
        queues.map(
          (queue) =>
            makespan(queue, { slots, ...settings }) / Math.max(queue.path, queue.work / slots),
        ),
      );
    figures.push(
      {
        what: `makespan ÷ lower bound, ${queues.length} real queues, ${slots} workers`,
        figure: over({}),
        aim: '',
      },
      { what: '  by strict priority', figure: over({ order: 'priority' }), aim: '' },
      { what: '  in batches', figure: over({ schedule: 'batch' }), aim: '' },
    );
  }
  return figures;
}

function makespan({ tickets, minutes }: Instance, settings: Partial<QueueSettings>): number {
  return simulate(tickets, minutes, {
    slots: 1,
    schedule: 'rolling',
    order: 'slack',
    conflictsRunning: 'prefer',
    ...settings,
  }).makespanMinutes;
}

function summary(ratios: readonly number[]): string {
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  return `${mean.toFixed(4)} (worst ${Math.max(...ratios).toFixed(3)})`;
}

async function readQueues(folder: string): Promise<Instance[]> {
  const durations = await json<{ minutes: number[] }>(join(folder, 'agent-durations-minutes.json'));
  const random = randomFrom(1);
  const queues: Instance[] = [];
  for (const file of (await readdir(folder)).sort()) {
    if (file.startsWith('agent-durations')) continue;
    const { tickets } = await json<{ tickets: { deps: number[]; priority?: number }[] }>(
      join(folder, file),
    );
    const edges = tickets.flatMap(({ deps }, task) => deps.map((before): Edge => [before, task]));
    const minutes = tickets.map(
      () => durations.minutes[Math.floor(random() * durations.minutes.length)] ?? 1,
    );
    queues.push(
      instanceOf(
        file.replace('.json', ''),
        edges,
        minutes,
        tickets.map(({ priority }) => priority ?? 2),
      ),
    );
  }
  return queues;
}

async function json<Shape>(file: string): Promise<Shape> {
  return JSON.parse(await readFile(file, 'utf8')) as Shape;
}
