import { z } from 'zod';

/** `sage requirements --dry-run --json`, `sage implement --dry-run --json`. */
export const itemListSchema = z.object({
  version: z.literal(1),
  tool: z.enum(['requirements', 'implement']),
  workers: z.int().describe('Agents at once that a run would have.'),
  items: z.array(
    z.object({
      id: z.string().describe('What it is called as a ticket: `issue-42`, `lld-42`.'),
      issue: z.int(),
      title: z.string(),
      state: z.enum(['pending', 'running', 'completed', 'failed']),
      why: z.string().exactOptional().describe('Why it is not worked on; absent: it would be.'),
      source: z.string().describe('A path relative to the checkout, or an address.'),
      output: z.string().exactOptional().describe('The file that its work must leave.'),
    }),
  ),
});

export type ItemList = z.infer<typeof itemListSchema>;
