import { z } from 'zod';
import { summarySchema } from './summary.js';

const at = z.string().describe('ISO 8601, UTC, milliseconds.');
const ticket = z.string();
const base = { v: z.literal(1), run: z.string(), seq: z.number(), at };

/**
 * What `--json` speaks, one object a line; stable within a major version (schema: tickets-schema/public-event.json).
 * A projection of the journal: internal events may change, these do not.
 */
export const publicEventSchema = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('run.started'),
    branch: z.string(),
    base: z.string(),
    target: z.string(),
    slots: z.number(),
    tickets: z.number(),
  }),
  z.object({ ...base, type: z.literal('run.stopping'), mode: z.string(), by: z.string() }),
  z.object({ ...base, type: z.literal('run.paused'), by: z.string() }),
  z.object({ ...base, type: z.literal('run.continued'), by: z.string() }),
  z.object({ ...base, type: z.literal('run.limited'), slots: z.number(), reason: z.string() }),
  z.object({ ...base, type: z.literal('run.relieved'), slots: z.number(), reason: z.string() }),
  z.object({ ...base, type: z.literal('run.suspended'), code: z.string(), reason: z.string() }),
  z.object({
    ...base,
    type: z.literal('ticket.started'),
    ticket,
    attempt: z.number(),
    lane: z.string(),
    reason: z.string(),
  }),
  z.object({
    ...base,
    type: z.literal('ticket.worked'),
    ticket,
    ms: z.number(),
    files: z.number(),
    costUsd: z.number().optional(),
  }),
  z.object({ ...base, type: z.literal('ticket.checking'), ticket }),
  z.object({
    ...base,
    type: z.literal('ticket.landed'),
    ticket,
    commit: z.string(),
    landed: z.number(),
    total: z.number(),
  }),
  z.object({ ...base, type: z.literal('ticket.conflicted'), ticket, files: z.array(z.string()) }),
  z.object({
    ...base,
    type: z.literal('ticket.deferred'),
    ticket,
    code: z.string(),
    reason: z.string(),
    kept: z.string().optional(),
  }),
  z.object({ ...base, type: z.literal('ticket.released'), ticket, reason: z.string() }),
  z.object({
    ...base,
    type: z.literal('run.finished'),
    exitCode: z.number(),
    summary: summarySchema,
  }),
]);

export type PublicEvent = z.infer<typeof publicEventSchema>;
