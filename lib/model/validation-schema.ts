import { z } from 'zod';
import { checkNames } from './check-names.js';
import { placeSchema } from './place-schema.js';

const finding = z.object({
  check: z.enum(checkNames),
  severity: z.enum(['critical', 'error', 'warning', 'information']),
  code: z.string(),
  message: z.string(),
  hint: z.string().exactOptional().describe('The way out.'),
  where: placeSchema.exactOptional(),
  value: z.string().exactOptional(),
  ticket: z.string().exactOptional(),
});

const checkState = z.object({
  name: z.enum(checkNames),
  outcome: z.enum(['passed', 'warnings', 'errors', 'not-run']),
  told: z.string().describe('One line: what was found good, or why it was not run.'),
});

const ticketCounts = z.object({
  total: z.int(),
  unprocessed: z.int(),
  inProgress: z.int(),
  completed: z.int(),
  deferred: z.int(),
  withSubtasks: z.int(),
  withScripts: z.int(),
});

const parallelPotential = z.object({
  open: z.int().describe('Open tickets that are work.'),
  runnable: z.int().describe('Those that a run would work on.'),
  readyNow: z.int().describe('Those whose dependencies are all satisfied.'),
  percent: z.number().min(0).max(100).describe('readyNow of open.'),
  recommendedSlots: z.int().min(0),
  because: z.string(),
  components: z.array(
    z.object({ name: z.string(), tickets: z.int(), waitsFor: z.array(z.string()) }),
  ),
});

/** `sage validate --json`. */
export const validationSchema = z.object({
  version: z.literal(1),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  strict: z.boolean(),
  counts: z.object({ errors: z.int(), warnings: z.int(), notes: z.int() }),
  tickets: ticketCounts.exactOptional().describe('Absent: the index cannot be read.'),
  checks: z.array(checkState),
  findings: z.array(finding),
  parallel: parallelPotential.exactOptional().describe('Absent: there is no plan.'),
});

export type Validation = z.infer<typeof validationSchema>;
