import { z } from 'zod';

const count = z.int().min(0);

const sums = {
  attempts: count,
  calls: count.describe('Of agents: an attempt has more where one was called to mend its work.'),
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  toldMicroUsd: count.describe('Micro-dollars that the agents told.'),
  pricedMicroUsd: count.describe('Micro-dollars computed from tokens, at the prices that held.'),
  microUsd: count.describe('Both.'),
  unknown: count.describe(
    'Attempts with a call of a cost that is unknown, or known but in part: the sums are a lower bound.',
  ),
};

/** `sage costs --json`. */
export const costsSchema = z.object({
  version: z.literal(1),
  by: z.enum(['ticket', 'model', 'day', 'run', 'attempt']),
  rows: z.array(
    z.object({
      name: z.string().describe('Of the ticket, model (or unknown), day (UTC), run or attempt.'),
      run: z.string().exactOptional().describe('Of an attempt.'),
      ...sums,
    }),
  ),
  total: z.object(sums),
  prices: z.array(z.string()).describe('Dates of the price tables that were used.'),
  unread: z
    .array(z.object({ run: z.string(), why: z.string() }))
    .describe('Runs whose journals cannot be read; nothing of them is in the sums.'),
});

export type Costs = z.infer<typeof costsSchema>;
export type CostRow = Costs['rows'][number];
export type CostSum = Costs['total'];
