import { z } from 'zod';
import { backlogs } from './backlog.js';
import { modelTiers } from './model-choice.js';
import { reportKinds } from './report.js';

export const failureShape = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

/** What a run ends with; `--json` prints it as the last line's `summary` (schema: tickets-schema/summary.json). */
export const summarySchema = z.object({
  version: z.literal(1),
  run: z.string(),
  backlog: z
    .enum(backlogs)
    .exactOptional()
    .describe('Where its tickets came from; absent: the ticket index.'),
  branch: z.string(),
  target: z.string(),
  base: z.string(),
  tip: z.string(),
  landed: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      commit: z.string(),
      ms: z.number().describe('From its first start to its landing.'),
      attempts: z.number(),
      isFlaky: z.boolean().describe('A check failed once and passed when tried again.'),
    }),
  ),
  deferred: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      reason: z.string(),
      code: z.string(),
      hint: z.string().optional(),
      kept: z.string().optional().describe('Ref in the depot that keeps the work.'),
      next: z.string().describe('The one command to go on with.'),
    }),
  ),
  blocked: z.array(
    z.object({
      id: z.string(),
      by: z.array(z.string()).describe('The chain, nearest first, down to what did not land.'),
    }),
  ),
  pending: z.array(z.object({ id: z.string(), why: z.string(), kept: z.string().optional() })),
  containers: z.array(z.string()).describe('Completed with their last child.'),
  reports: z
    .array(
      z.object({
        id: z.string().describe('Given once in a repository: `17.2`, the second of session 17.'),
        ticket: z.string(),
        kind: z.enum(reportKinds),
        title: z.string(),
        description: z.string().exactOptional(),
        priority: z.string().exactOptional(),
        command: z.string().exactOptional().describe('What makes a ticket of it.'),
      }),
    )
    .exactOptional()
    .describe('What agents told beside their work (`SAGE_OUTBOX`): their words, proof of nothing.'),
  slots: z.object({
    requested: z.union([z.number(), z.literal('auto'), z.literal('sequential')]),
    used: z.number(),
    because: z.array(z.string()).describe('What made it that many, in order.'),
    limitedBy: z.array(z.string()),
  }),
  schedule: z.enum(['rolling', 'batch']),
  wallMs: z.number().describe('Without the time in which the run was interrupted.'),
  sumMs: z.number().describe('Sum of the times of all tickets.'),
  speedUp: z.number().describe('sumMs ÷ wallMs.'),
  utilisation: z.number().describe('Busy slot time ÷ (slots × wall time), 0…1.'),
  lost: z.object({
    waitingMs: z.number().describe('Finished tickets waiting for the lander.'),
    landingMs: z.number(),
    setupMs: z.number(),
    keysMs: z
      .number()
      .optional()
      .describe('Slots and agents waiting for a key; absent: no agent has keys of its own.'),
  }),
  lowerBoundMs: z.number(),
  otherSchedule: z
    .object({ schedule: z.enum(['rolling', 'batch']), ms: z.number() })
    .describe('What the other schedule would have taken with the same times (simulated).'),
  costUsd: z
    .number()
    .optional()
    .describe('Of all attempts: told by the agents, else their tokens at the prices that held.'),
  pricedUsd: z.number().optional().describe('Of that, what was computed from tokens.'),
  unknownCosts: z
    .number()
    .optional()
    .describe('Attempts of unknown cost, in whole or in part: the sum is a lower bound.'),
  tokens: z.number().optional(),
  models: z
    .array(
      z.object({
        type: z.string(),
        tier: z.enum(modelTiers),
        landed: z.number(),
        failed: z.number(),
      }),
    )
    .optional()
    .describe('What became of tickets by type and tier of their model; later choices look at it.'),
  ticketCosts: z
    .array(
      z.object({
        agent: z.string(),
        model: z.string().exactOptional(),
        tier: z.enum(modelTiers).exactOptional(),
        calls: z.number(),
        tokens: z.number().exactOptional(),
        microUsd: z.number().exactOptional().describe('Absent: not all of it is known.'),
        dearestMicroUsd: z.number().exactOptional().describe('Of its dearest call.'),
      }),
    )
    .optional()
    .describe('Of 200 tickets at most that landed or were deferred; forecasts look at it.'),
  delivery: z
    .object({ how: z.string(), why: z.string(), command: z.string().optional() })
    .optional(),
  unpublished: z
    .boolean()
    .optional()
    .describe("The run's branch could not be copied into your repository: it waits in the depot."),
  unwritten: z
    .array(
      z.object({
        ticket: z.string(),
        state: z.enum(['UNPROCESSED', 'IN_PROGRESS', 'COMPLETED', 'DEFERRED']),
        at: z.string(),
        reason: z.string().optional(),
        commit: z.string().optional(),
        branch: z.string().optional(),
      }),
    )
    .optional()
    .describe('States that the index did not take; the next start writes them.'),
  notes: z.array(z.string()),
  stoppedBy: z
    .object({ mode: z.enum(['drain', 'cancel']), by: z.string(), failure: failureShape.optional() })
    .optional(),
  failure: failureShape.optional().describe('Why the run could not begin: a red base.'),
  exitCode: z.number(),
});

export type Summary = z.infer<typeof summarySchema>;
