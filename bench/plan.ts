import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildDag, type Edge } from '../lib/graph/dag.js';
import { assemblePlan } from '../lib/plan/assemble.js';
import { readIndexText } from '../lib/tickets/read.js';
import { inMs, timed, type Figure } from './figure.js';
import { generateIndex, randomFrom } from './generate.js';

const SIZES = [
  { tickets: 344, edges: 400, aim: '' },
  { tickets: 10_000, edges: 50_000, aim: '≤ 1000 ms' },
  { tickets: 100_000, edges: 300_000, aim: '≤ 5000 ms, ≤ 700 MB' },
] as const;

/** What one plan took. Milliseconds, and the process's largest resident set. */
interface PlanCost {
  readonly read: number;
  readonly plan: number;
  readonly written: number;
  readonly container: number;
  readonly peakMb: number;
}

/**
 * How long a plan takes from a generated index on the disk to JSON, for growing queues, beside what the graph container
 * alone takes for a graph of that size. Each in a process of its own, so that memory and warmth are its own.
 */
export async function benchPlan(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sage-bench-'));
  try {
    const figures: Figure[] = [];
    for (const { tickets, edges, aim } of SIZES) {
      const file = join(folder, `${tickets}.json`);
      await writeFile(file, generateIndex(tickets, edges));
      const cost = await inProcess([file, String(tickets), String(edges)]);
      const { read, plan, written, container, peakMb } = cost;
      figures.push(
        {
          what: `plan of ${tickets} tickets, ${edges} dependencies, disk to JSON`,
          figure: `${inMs(read + plan + written)}, ${peakMb.toFixed(0)} MB`,
          aim,
        },
        {
          what: '  read, plan, write; the graph container alone',
          figure: `${[read, plan, written].map((ms) => ms.toFixed(0)).join(' + ')}; ${inMs(container)}`,
          aim: '',
        },
      );
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inProcess(args: readonly string[]): Promise<PlanCost> {
  const self = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [self, ...args]);
  return JSON.parse(stdout) as PlanCost;
}

async function measure(file: string, size: number, edges: number): Promise<PlanCost> {
  const read = await timed(async () => readIndexText(await readFile(file, 'utf8'), file).tickets);
  const plan = await timed(() =>
    assemblePlan({
      tickets: read.value,
      cpus: 8,
      hash: (pieces) => {
        const hash = createHash('sha256');
        for (const piece of pieces) hash.update(piece);
        return hash.digest('hex');
      },
      options: {
        schedule: 'rolling',
        order: 'slack',
        conflictsRunning: 'prefer',
        requestedSlots: 4,
        hierarchy: 'containers',
      },
    }),
  );
  const written = await timed(() => JSON.stringify(plan.value));
  // Kibibytes; before the container is built, which is no part of it.
  const peakMb = process.resourceUsage().maxRSS / 1_000;
  const container = await timed(() => buildDag(size, randomEdges(size, edges)));
  return { read: read.ms, plan: plan.ms, written: written.ms, container: container.ms, peakMb };
}

function randomEdges(size: number, count: number): Edge[] {
  const random = randomFrom(count);
  return Array.from({ length: count }, (): Edge => {
    const after = 1 + Math.floor(random() * (size - 1));
    return [Math.max(0, after - 1 - Math.floor(random() * 200)), after];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file = '', size, edges] = process.argv.slice(2);
  console.log(JSON.stringify(await measure(file, Number(size), Number(edges))));
}
