import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueueTicket } from '../lib/engine/queue-basis.js';
import type { QueueSettings } from '../lib/engine/queue.js';
import { simulate } from '../lib/engine/simulate.js';
import { inheritedMinimum, longestTails } from '../lib/graph/critical-path.js';
import { buildDag, type Edge } from '../lib/graph/dag.js';
import { topologicalOrder } from '../lib/graph/order.js';
import { ticketId } from '../lib/model/ids.js';
import type { Priority } from '../lib/model/ticket.js';
import { randomFrom } from './generate.js';

/** A task graph with durations, ready to be simulated. */
interface Instance {
  readonly name: string;
  readonly tickets: readonly QueueTicket[];
  readonly minutes: readonly number[];
  readonly path: number;
  readonly work: number;
}

const SLOTS = [2, 3, 4, 8];

/**
 * How close the dispatch policy comes to the best possible: mean and worst makespan ÷ proved optimum on the Standard Task
 * Graph set, and ÷ lower bound on real ticket queues, whose tickets get measured agent durations. `folder` holds `stg/`
 * and `tickets/`. Returns lines to print.
 */
export async function benchSchedules(folder: string): Promise<string[]> {
  const graphs = await readGraphs(join(folder, 'stg'));
  const queues = await readQueues(join(folder, 'tickets'));
  const lines = [`Standard Task Graphs (${graphs.length} proved optima), makespan ÷ optimum`];
  for (const slots of SLOTS) {
    const ratios = graphs
      .filter((one) => one.slots === slots)
      .map(({ instance, optimum }) => makespan(instance, { slots }) / optimum);
    lines.push(`  ${slots} slots: ${summary(ratios)}`);
  }
  lines.push(
    `Ticket queues (${queues.map(({ name }) => name).join(', ')}), makespan ÷ lower bound`,
  );
  for (const slots of SLOTS) {
    const over = (settings: Partial<QueueSettings>) =>
      summary(
        queues.map(
          (queue) =>
            makespan(queue, { slots, ...settings }) / Math.max(queue.path, queue.work / slots),
        ),
      );
    lines.push(
      `  ${slots} slots: ${over({})}; strict priority ${over({ order: 'priority' })}; batches ${over({ schedule: 'batch' })}`,
    );
  }
  return lines;
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

/** Lines of an STG file: task, time, number of predecessors, predecessors; first and last are dummies of time 0. */
async function readGraphs(folder: string) {
  const rows = (await readFile(join(folder, 'optimal.csv'), 'utf8')).trim().split('\n').slice(1);
  const known = new Map<string, Instance>();
  const found: { readonly instance: Instance; readonly slots: number; readonly optimum: number }[] =
    [];
  for (const row of rows) {
    const [size = '', name = '', slots = '', , optimum = ''] = row.split(',');
    if (optimum === '') continue;
    const file = join(folder, size, `rand${name}.stg`);
    const instance = known.get(file) ?? parseGraph(name, await readFile(file, 'utf8'));
    known.set(file, instance);
    found.push({ instance, slots: Number(slots), optimum: Number(optimum) });
  }
  return found;
}

function parseGraph(name: string, text: string): Instance {
  const edges: Edge[] = [];
  const minutes: number[] = [];
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  for (const line of lines.slice(1)) {
    const [task = 0, time = 0, count = 0, ...before] = line.trim().split(/\s+/).map(Number);
    minutes[task] = time;
    for (const other of before.slice(0, count)) edges.push([other, task]);
  }
  // Priorities that have nothing to do with the graph: the policy has to hold its own against them.
  return instanceOf(
    name,
    edges,
    minutes,
    minutes.map((_, task) => (task * 7) % 3),
  );
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

function instanceOf(
  name: string,
  edges: readonly Edge[],
  minutes: readonly number[],
  priorities: readonly number[],
): Instance {
  const dag = buildDag(minutes.length, edges);
  const order = topologicalOrder(dag);
  const tails = longestTails(dag, order, minutes);
  const inherited = inheritedMinimum(dag, order, priorities);
  const before = minutes.map((): string[] => []);
  for (const [from, to] of edges) before[to]?.push(`T${from}`);
  const tickets = minutes.map((estimateMinutes, node): QueueTicket => ({
    id: ticketId(`T${node}`),
    dependsOn: (before[node] ?? []).map(ticketId),
    conflictsWith: [],
    priority: (priorities[node] ?? 2) as Priority,
    inheritedPriority: inherited[node] as Priority,
    estimateMinutes,
    tailMinutes: tails[node] ?? 0,
    batch: (order.levels[node] ?? 0) + 1,
    order: node,
  }));
  const work = minutes.reduce((sum, one) => sum + one, 0);
  return { name, tickets, minutes, path: Math.max(0, ...tails), work };
}
