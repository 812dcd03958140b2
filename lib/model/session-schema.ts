import { z } from 'zod';

const amount = z.int().min(0);

/** One call of an agent: a round of an attempt. */
const session = z.object({
  session: z
    .int()
    .min(1)
    .describe('Its number, given once in a repository: `sage logs N` shows what it said.'),
  run: z.string(),
  ticket: z.string(),
  attempt: z.int().min(1),
  round: z.int().min(1).describe('From 2: called again to mend what a check found.'),
  agent: z.string(),
  model: z.string().exactOptional().describe('As the agent told it.'),
  sessionId: z.string().exactOptional().describe('What its CLI calls the session.'),
  credential: z.string().exactOptional().describe('The id of the key that it was given.'),
  began: z.string().describe('ISO 8601, UTC.'),
  ended: z
    .string()
    .exactOptional()
    .describe('Absent while it runs. Of one that was cut off: the last sign of life.'),
  ms: amount.describe('How long it worked, or has worked so far.'),
  state: z
    .enum(['running', 'completed', 'error', 'cancelled', 'cut off'])
    .describe(
      'completed: it ended well; its work is judged by git and the checks. cancelled: somebody asked for that. cut off: the process that ran it died, and it with that.',
    ),
  failure: z.object({ code: z.string(), message: z.string() }).exactOptional(),
  response: z
    .string()
    .exactOptional()
    .describe('The last thing it said, at most 2,000 characters.'),
  messages: amount.exactOptional(),
  toolCalls: amount.exactOptional(),
  tokens: z
    .object({
      input: amount.exactOptional(),
      output: amount.exactOptional(),
      cacheRead: amount.exactOptional(),
      cacheWrite: amount.exactOptional(),
    })
    .describe('As the agent told them.'),
  costUsd: z.number().exactOptional().describe('Absent: unknown, or not known yet.'),
  costBasis: z
    .enum(['told', 'priced'])
    .exactOptional()
    .describe('told: by the agent. priced: computed from its tokens.'),
  prices: z.string().exactOptional().describe('Of what is priced: the date of the prices.'),
  transcript: z
    .string()
    .exactOptional()
    .describe('File of its messages, one as JSON a line; those of its `round` are its own.'),
  log: z
    .string()
    .exactOptional()
    .describe('File of its output. Absent, as transcript: it is not there any more.'),
});

/** `sage sessions --json`. */
export const sessionListSchema = z.object({
  version: z.literal(1),
  sessions: z.array(session).describe('Newest first.'),
  unread: z.array(z.string()).describe('Runs whose journal cannot be read.'),
});

export type SessionList = z.infer<typeof sessionListSchema>;
export type Session = SessionList['sessions'][number];
