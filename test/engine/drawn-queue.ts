import fc from 'fast-check';
import type { QueueTicket } from '../../lib/engine/queue-basis.js';
import type { QueueSettings } from '../../lib/engine/queue.js';
import { inheritedMinimum, longestTails } from '../../lib/graph/critical-path.js';
import { topologicalOrder } from '../../lib/graph/order.js';
import { ticketId } from '../../lib/model/ids.js';
import type { Priority } from '../../lib/model/ticket.js';
import { acyclicGraph } from '../graph/random-dag.js';

/** Any queue of up to 14 tickets over five files, one of them a lock file, with levels as batches, and any settings. */
export const drawnQueue = fc
  .record({
    graph: acyclicGraph,
    minutes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 14, maxLength: 14 }),
    priorities: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 14, maxLength: 14 }),
    files: fc.array(fc.subarray(['a', 'b', 'c', 'd', 'go.sum'], { maxLength: 2 }), {
      minLength: 14,
      maxLength: 14,
    }),
    options: fc.record({
      slots: fc.integer({ min: 1, max: 4 }),
      schedule: fc.constantFrom<QueueSettings['schedule']>('rolling', 'batch'),
      order: fc.constantFrom<QueueSettings['order']>('slack', 'priority'),
      conflictsRunning: fc.constantFrom<QueueSettings['conflictsRunning']>(
        'prefer',
        'exclude',
        'ignore',
      ),
    }),
  })
  .map(({ graph, minutes, priorities, files, options }) => {
    const order = topologicalOrder(graph.dag);
    const estimates = minutes.slice(0, graph.size);
    const tails = longestTails(graph.dag, order, estimates);
    const inherited = inheritedMinimum(graph.dag, order, priorities.slice(0, graph.size));
    const tickets = estimates.map((estimateMinutes, node): QueueTicket => ({
      id: ticketId(`T${node}`),
      dependsOn: [
        ...new Set(
          graph.edges.filter(([, to]) => to === node).map(([from]) => ticketId(`T${from}`)),
        ),
      ],
      conflictsWith: [],
      files: files[node]!,
      priority: priorities[node] as Priority,
      inheritedPriority: inherited[node] as Priority,
      estimateMinutes,
      tailMinutes: tails[node]!,
      batch: order.levels[node]! + 1,
      order: node,
    }));
    return { tickets, options };
  });
