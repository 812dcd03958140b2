import { createHash } from 'node:crypto';
import { buildDag, type Edge } from '../lib/graph/dag.js';
import { assemblePlan } from '../lib/plan/assemble.js';
import { readIndexText } from '../lib/tickets/read.js';
import { generateIndex, randomFrom } from './generate.js';

/**
 * How long a plan takes from the text of a generated index to JSON, for growing queues, beside what the graph container
 * alone takes for a graph of that size. Wall-clock milliseconds. Returns lines to print.
 */
export function benchPlan(
  sizes: readonly (readonly [tickets: number, edges: number])[] = [
    [344, 400],
    [10_000, 50_000],
    [100_000, 300_000],
  ],
): string[] {
  return sizes.flatMap(([size, edges]) => {
    const text = generateIndex(size, edges);
    const read = timed(() => readIndexText(text, 'index.json').tickets);
    const plan = timed(() =>
      assemblePlan({
        tickets: read.value,
        cpus: 8,
        hash: (content) => createHash('sha256').update(content).digest('hex'),
        options: {
          schedule: 'rolling',
          order: 'slack',
          conflictsRunning: 'prefer',
          requestedSlots: 4,
          hierarchy: 'containers',
        },
      }),
    );
    const written = timed(() => JSON.stringify(plan.value));
    const container = timed(() => buildDag(size, randomEdges(size, edges)));
    const total = read.ms + plan.ms + written.ms;
    return [
      `${size} tickets, ${edges} dependencies: ${total.toFixed(0)} ms`,
      `  read ${read.ms.toFixed(0)}, plan ${plan.ms.toFixed(0)}, JSON ${written.ms.toFixed(0)}; the graph container alone ${container.ms.toFixed(0)}`,
    ];
  });
}

function randomEdges(size: number, count: number): Edge[] {
  const random = randomFrom(count);
  return Array.from({ length: count }, (): Edge => {
    const after = 1 + Math.floor(random() * (size - 1));
    return [Math.max(0, after - 1 - Math.floor(random() * 200)), after];
  });
}

function timed<Value>(run: () => Value): { readonly value: Value; readonly ms: number } {
  const start = performance.now();
  const value = run();
  return { value, ms: performance.now() - start };
}
