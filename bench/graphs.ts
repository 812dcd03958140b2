import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueueTicket } from '../lib/engine/queue-basis.js';
import { inheritedMinimum, longestTails } from '../lib/graph/critical-path.js';
import { buildDag, type Edge } from '../lib/graph/dag.js';
import { topologicalOrder } from '../lib/graph/order.js';
import { ticketId } from '../lib/model/ids.js';
import type { Priority } from '../lib/model/ticket.js';

/** A task graph with durations, ready to be simulated. */
export interface Instance {
  readonly name: string;
  /** Task n is ticket `Tn`. */
  readonly tickets: readonly QueueTicket[];
  readonly minutes: readonly number[];
  readonly path: number;
  readonly work: number;
}

/** A Standard Task Graph with the shortest makespan that is possible on so many machines. */
export interface SolvedGraph {
  readonly instance: Instance;
  readonly slots: number;
  readonly optimum: number;
}

/** The graphs of `folder` whose optimum is proved, in the order of its `optimal.csv`. */
export async function readGraphs(folder: string): Promise<SolvedGraph[]> {
  const rows = (await readFile(join(folder, 'optimal.csv'), 'utf8')).trim().split('\n').slice(1);
  const known = new Map<string, Instance>();
  const found: SolvedGraph[] = [];
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

/** Lines of an STG file: task, time, number of predecessors, predecessors; first and last are dummies of time 0. */
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

/** Tickets for tasks: as the planner would make them. */
export function instanceOf(
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
