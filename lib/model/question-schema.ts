import { z } from 'zod';
import { summarySchema } from './summary.js';

/** What a run asks, with all that a human needs to answer it. */
export const askedSchema = z.object({
  about: z.enum(['start', 'land']),
  ticket: z.string(),
  title: z.string(),
  description: z.string().describe('Of the ticket, at most 2,000 characters.'),
  component: z.string().exactOptional().describe('Asked for all its tickets at once.'),
  tickets: z.array(z.string()).exactOptional().describe('Those of the component not begun yet.'),
  reason: z.string().exactOptional().describe('start: why it is next.'),
  attempt: z.number().exactOptional().describe('land: of which attempt the work is.'),
  commit: z.string().exactOptional().describe('land: exactly what would land.'),
  onto: z.string().exactOptional().describe('land: what it would land on.'),
  changes: z.string().exactOptional().describe('land: as `git diff --stat` tells them.'),
  diff: z.string().exactOptional().describe('land: the command that shows them whole.'),
  checks: z
    .array(z.object({ command: z.string(), outcome: z.string(), log: z.string() }))
    .exactOptional()
    .describe('land: the checks of exactly this tree.'),
  answers: z.array(
    z.object({
      answer: z.enum(['go', 'send-back', 'defer', 'stop']),
      command: z.string().describe('What to type for it.'),
    }),
  ),
});

/** `sage stream --step`, `sage approve` and `sage reject` with `--json`. */
export const stepSchema = z.object({
  version: z.literal(1),
  run: z.string().exactOptional().describe('Absent: no run was begun.'),
  state: z
    .enum(['asks', 'running', 'paused', 'finished', 'died', 'nothing'])
    .describe('running: the time of --for is over. nothing: there is nothing to work on.'),
  landed: z.number(),
  total: z.number(),
  begun: z
    .array(z.string())
    .exactOptional()
    .describe('When the call began the run: what to know first, the plan in short; lines.'),
  question: askedSchema.exactOptional(),
  summary: summarySchema.exactOptional(),
  next: z.array(z.string()).describe('What to type next.'),
  message: z.string().exactOptional(),
});

export type Asked = z.infer<typeof askedSchema>;
export type Step = z.infer<typeof stepSchema>;
