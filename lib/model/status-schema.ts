import { z } from 'zod';
import { failureShape, summarySchema } from './summary.js';

/** How a run stands: its counts, its lanes, its way of landing. */
const standing = z.object({
  branch: z.string(),
  target: z.string(),
  began: z.string().describe('ISO 8601, UTC; moved on by the time in which it was interrupted.'),
  at: z.string().describe('When the last thing happened.'),
  slots: z.int(),
  atOnce: z
    .int()
    .exactOptional()
    .describe(
      'Agents at once that slots and keys allow now; absent: no agent has keys of its own.',
    ),
  credentials: z
    .array(
      z.object({
        agent: z.string(),
        credential: z.string().describe('Id of the key.'),
        state: z.enum(['free', 'in-use', 'rests', 'out']),
        until: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  counts: z.object({
    total: z.int().describe('All that were asked for; each is counted once below.'),
    landed: z.int(),
    running: z.int(),
    landing: z.int().describe('Finished work that is verified or waits for that.'),
    ready: z.int().describe('Could start when a slot is free.'),
    waiting: z.int().describe('For something that can still land.'),
    blocked: z.int().describe('By something that did not land.'),
    deferred: z.int(),
    released: z.int().describe('Given back to UNPROCESSED.'),
  }),
  lanes: z.array(
    z.object({
      lane: z.string(),
      ticket: z.string(),
      title: z.string(),
      attempt: z.int(),
      doing: z.string(),
      since: z.string(),
    }),
  ),
  landing: z.array(z.object({ ticket: z.string(), step: z.string() })).describe('In their order.'),
  costUsd: z.number().exactOptional().describe('Of all attempts so far; told, else priced.'),
  pricedUsd: z.number().exactOptional().describe('Of that, what was computed from tokens.'),
  unknownCosts: z
    .int()
    .exactOptional()
    .describe('Attempts of unknown cost, in whole or in part: the sum is a lower bound.'),
  tokens: z.int().exactOptional(),
});

const need = z.object({
  what: z.string(),
  ticket: z.string().exactOptional(),
  code: z.string().exactOptional(),
  command: z.string().exactOptional().describe('The one command to go on with.'),
});

/** `sage status --json`. */
export const statusSchema = z.object({
  version: z.literal(1),
  state: z
    .enum(['none', 'running', 'paused', 'stopping', 'suspended', 'died', 'finished'])
    .describe('none: no run has begun here. died: it has no end and nobody runs it.'),
  run: z.string().exactOptional(),
  pid: z.int().exactOptional().describe('Of its process, while that lives.'),
  host: z.string().exactOptional().describe('Where that runs, when it is not here.'),
  ...standing.partial().shape,
  output: z.string().exactOptional().describe('Of a detached run: the file of its output.'),
  failure: failureShape.exactOptional().describe('What keeps it from going on.'),
  needs: z.array(need).describe('What a human should decide.'),
  summary: summarySchema.exactOptional().describe('Of a run that has ended.'),
});

/** `sage runs --json`. */
export const runListSchema = z.object({
  version: z.literal(1),
  runs: z
    .array(
      z.object({
        run: z.string(),
        state: statusSchema.shape.state,
        began: z.string(),
        ms: z.number().describe('Without the time in which it was interrupted.'),
        landed: z.int(),
        deferred: z.int(),
        pending: z.int().describe('Not landed, not deferred.'),
        costUsd: z.number().exactOptional(),
        branch: z.string(),
        target: z.string(),
        delivery: z
          .enum(['delivered', 'waiting', 'nothing', 'gone'])
          .describe('gone: its branch was deleted and what it landed is not in the target.'),
        exitCode: z.int().exactOptional(),
        command: z.string().exactOptional().describe('The one command to go on with.'),
      }),
    )
    .describe('Newest first.'),
});

export type RunStatus = z.infer<typeof statusSchema>;
export type RunList = z.infer<typeof runListSchema>;
export type Need = z.infer<typeof need>;
export type Standing = z.infer<typeof standing>;
export type TicketCounts = Standing['counts'];
