import { z } from 'zod';
import { modelTiers } from './model-choice.js';
import { blockerReason, id, ids, minutes, priority, state } from './schema-parts.js';

const schedule = z.enum(['rolling', 'batch']);

const slotChoice = z.object({
  slots: z.int().min(0).describe('Agents at once.'),
  requested: z.union([z.number(), z.literal('auto'), z.literal('sequential')]),
  because: z.array(z.string()).describe('What made it that many, in order.'),
});

const blocker = z.object({ id: z.string(), why: blockerReason });

const plannedTicket = z.object({
  id,
  title: z.string(),
  state,
  priority,
  component: z.string(),
  epic: z.string().exactOptional().describe('isolation: epic: what it lands with.'),
  batch: z.int().min(1).exactOptional().describe('Absent for tickets that will not run.'),
  dependsOn: ids.describe('Open tickets it waits for.'),
  blockedBy: z.array(blocker).describe('Empty for a ticket that will run.'),
  conflictsWith: ids.describe('Tickets that declare a file of its own; never in one batch.'),
  files: z.array(z.string()),
  estimateMinutes: minutes,
  estimateFrom: z.enum(['effort', 'history', 'default']),
  tailMinutes: minutes.describe('Longest estimated path from its start to the end of the queue.'),
  inheritedPriority: priority,
  model: z
    .object({
      tier: z.enum(modelTiers).exactOptional(),
      name: z.string(),
      isForced: z.literal(true).exactOptional().describe('The ticket asks for it: force_model.'),
      because: z.string(),
    })
    .exactOptional()
    .describe('models.choose: tier, where its agent is named.'),
  order: z.int().min(0).describe('Position in the index.'),
});

const forecast = z.object({
  slots: z.int(),
  schedule,
  makespanMinutes: minutes,
  utilisation: z.number().min(0).max(1),
});

const span = z.object({
  low: z.number().min(0).describe('Half of such tickets took no more.'),
  high: z.number().min(0).describe('Nine of ten took no more.'),
});

const costForecast = z.object({
  tickets: z.int().describe('That will run.'),
  tokens: span,
  usd: span.exactOptional().describe('Absent: no cost and no price is known.'),
  unpriced: z.int().min(0).describe('Tickets that `usd` says nothing of.'),
  because: z.array(z.string()).describe('What it is based on, by agent and model.'),
});

const timelineBar = z.object({
  ticket: id,
  slot: z.int(),
  startMinutes: minutes,
  endMinutes: minutes,
});

const componentPlan = z.object({
  name: z.string(),
  tickets: ids,
  waitsFor: z.array(z.string()),
  sharesFilesWith: z.array(z.string()).exactOptional(),
  minutes,
});

/** `sage stream --dry-run --json`: the type Plan as a schema; a test compares the two at compile time. */
export const planSchema = z.object({
  version: z.literal(1),
  id: z.string().describe('Hash of everything it was made from.'),
  base: z.string().exactOptional().describe('Commit the run would start from.'),
  schedule,
  order: z.enum(['slack', 'priority']),
  conflictsRunning: z.enum(['prefer', 'exclude', 'ignore']),
  hierarchy: z.enum(['containers', 'literal']).exactOptional(),
  isolation: z.literal('epic').exactOptional(),
  slots: slotChoice,
  batches: z.array(ids).describe('Ids by batch.'),
  tickets: z.array(plannedTicket).describe('All open tickets, in index order.'),
  containers: z.array(z.object({ id, children: ids })),
  cycles: z.array(ids).describe('Each as its shortest path, the first id not repeated.'),
  refused: z.array(z.object({ id, reason: z.string() })),
  unfinished: z
    .object({ run: z.string(), isGoingOn: z.boolean(), tickets: ids })
    .exactOptional()
    .describe('A run without an end, and the tickets that are IN_PROGRESS by it.'),
  criticalPath: ids,
  lowerBoundMinutes: minutes,
  forecast: z.array(forecast),
  timeline: z.array(timelineBar),
  recommendedSlots: z.int().min(0),
  costs: costForecast.exactOptional().describe('Absent: nothing will run.'),
  components: z.array(componentPlan),
  counts: z.object({
    total: z.int(),
    completed: z.int(),
    open: z.int(),
    runnable: z.int(),
    blocked: z.int(),
  }),
  notes: z.array(z.string()),
});
