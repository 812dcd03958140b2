import { z } from 'zod';
import { summarySchema } from './summary.js';

const at = z.string().describe('ISO 8601, UTC, milliseconds.');
const ticket = z.string();
const slots = z.number().describe('Agents at once from now on.');
const reason = z.string();
const by = z.string().describe('Who asked for it.');
const target = z.string().describe('The branch that the run delivers to.');
const base = { v: z.literal(1), run: z.string(), seq: z.number(), at };

const agent = z.string();
const costUsd = z
  .number()
  .exactOptional()
  .describe('What its calls have cost so far, as far as that is known; absent: nothing is known.');
const credential = z.string().describe('Id of the key.');
const lack = {
  why: z.enum(['exhausted', 'limited']).describe('exhausted: the usable keys are in use.'),
  keys: z.array(z.string()).describe('Each key by its id, and what keeps it.'),
};

const asked = {
  about: z.enum(['start', 'land']),
  ticket,
  component: z.string().exactOptional().describe('Asked for all its tickets at once.'),
  commit: z.string().exactOptional().describe('What would land.'),
};

/** One kind of event; `docs/events.md` is generated from all of them. */
const event = <Type extends string, Fields extends z.ZodRawShape>(
  type: Type,
  meaning: string,
  fields: Fields,
) => z.object({ ...base, type: z.literal(type), ...fields }).describe(meaning);

/**
 * What `--json` speaks, one object a line; stable within a major version (schema: tickets-schema/public-event.json).
 * A projection of the journal: internal events may change, these do not.
 */
export const publicEventSchema = z.discriminatedUnion('type', [
  event('run.started', 'The run begins.', {
    branch: z.string(),
    base: z.string(),
    target: z.string(),
    slots: z.number(),
    tickets: z.number(),
  }),
  event('run.resumed', 'An interrupted run goes on where it stopped.', {
    branch: z.string(),
    slots: z.number(),
    landed: z.number(),
    total: z.number(),
  }),
  event('base.checked', 'The checks were run on the base, before anything starts.', {
    colour: z.string().describe('green: accepted; red: refused; unknown: could not be checked.'),
    knownFailures: z
      .array(z.object({ command: z.string(), failures: z.array(z.string()) }))
      .describe('What fails there by name, and is no reason to reject a ticket.'),
    reason: reason.optional(),
  }),
  event('run.stopping', 'Nothing new starts (drain), or all agents are ended (cancel).', {
    mode: z.string(),
    by: z.string(),
  }),
  event('run.paused', 'Nothing new starts until the run is continued.', { by }),
  event('run.continued', 'A paused run goes on.', { by }),
  event('run.limited', 'One agent fewer at once, for an outside fault.', { slots, reason }),
  event('run.relieved', 'One agent more at once again.', { slots, reason }),
  event(
    'credential.cooled',
    'A key rests: its API refuses it, or its calls of a minute are used.',
    {
      agent,
      credential,
      until: z.string(),
      code: z.string().exactOptional().describe('Absent: its calls of a minute are used up.'),
      reason: reason.exactOptional(),
    },
  ),
  event('credential.spent', 'A key is of no more use in this run.', {
    agent,
    credential,
    code: z.string(),
    reason,
  }),
  event('credential.lacked', 'A slot is free and a ticket is ready, but no key of its agent is.', {
    agent,
    ...lack,
    running: z.number().describe('Agents at work.'),
    slots: z.number(),
  }),
  event('credential.sufficed', 'No slot is free for want of a key any more.', {}),
  event(
    'ticket.waiting',
    'Its agent needs a key to go on: it keeps its lane, until then at most.',
    {
      ticket,
      agent,
      ...lack,
      until: z.string(),
    },
  ),
  event('ticket.requeued', 'It waited long enough for a key: it gave its lane up and waits on.', {
    ticket,
  }),
  event('budget.warned', 'So much of the cost limit is used; told once for each percentage.', {
    percent: z.union([z.literal(80), z.literal(95)]),
    usedUsd: z.number(),
    limitUsd: z.number(),
  }),
  event('run.suspended', 'It cannot go on for an outside fault; `sage resume` goes on later.', {
    code: z.string(),
    reason,
  }),
  event('question.asked', 'The run waits for a human: `sage approve`, `sage reject`.', asked),
  event('question.answered', 'What was said to it.', {
    ...asked,
    answer: z.enum(['go', 'send-back', 'defer', 'stop']),
    note: z.string().exactOptional(),
    by,
  }),
  event('question.withdrawn', 'Nobody needs to answer it any more.', asked),
  event('checks.limited', 'One verification fewer at once, for an outside fault.', {
    slots: z.number().describe('Verifications at once from now on.'),
    reason,
  }),
  event('intake.started', 'The target moved: what it has now is merged into the run’s branch.', {
    target,
    commit: z.string().describe('Where the target stands.'),
  }),
  event('intake.landed', 'The run’s branch holds what the target had.', {
    target,
    commit: z.string().describe('The commit of the run’s branch that holds it.'),
  }),
  event('intake.refused', 'What the target had is not taken in: the branch stays beside it.', {
    target,
    code: z.string(),
    reason,
  }),
  event('ticket.started', 'An attempt of a ticket begins.', {
    ticket,
    attempt: z.number(),
    component: z.string().describe('What it belongs to: the `component` of the ticket.'),
    agent,
    model: z.string().exactOptional().describe('Chosen for it; absent: the agent’s own.'),
    lane: z.string(),
    credential: credential.exactOptional(),
    reason,
    modelBecause: z
      .string()
      .exactOptional()
      .describe('Why it is another model than planned: the cost limit is near.'),
  }),
  event('ticket.overspent', 'Its agent is stopped by the cost limit; its work is kept.', {
    ticket,
    code: z.string(),
    reason,
  }),
  event('ticket.worked', 'Its agent has ended; its work waits to land.', {
    ticket,
    ms: z.number(),
    files: z.number(),
    costUsd,
  }),
  event('ticket.throttled', 'Its agent met a rate limit; it is tried again (`retry.on`).', {
    ticket,
    reason,
  }),
  event('ticket.checking', 'The checks run on what would land.', { ticket }),
  event('ticket.set-aside', 'It does not fit onto something unlanded, and waits for that.', {
    ticket,
    behind: z.string().describe('What lands before it: a ticket, or an intake.'),
    files: z.array(z.string()).describe('In conflict with that; none: both change the same.'),
  }),
  event('ticket.conflicted', 'It conflicts with what landed meanwhile.', {
    ticket,
    files: z.array(z.string()),
  }),
  event('ticket.landed', 'It is on the run’s branch.', {
    ticket,
    commit: z.string(),
    landed: z.number(),
    total: z.number(),
    mended: z.array(z.string()).optional().describe('Known failures that it mended for good.'),
    costUsd,
  }),
  event('ticket.deferred', 'It will not land in this run.', {
    ticket,
    code: z.string(),
    reason,
    kept: z.string().optional(),
    costUsd,
  }),
  event('ticket.released', 'It was cancelled, or never really begun: UNPROCESSED again.', {
    ticket,
    reason,
    costUsd,
  }),
  event('ticket.retried', 'It had not landed, and somebody wants it tried again in this run.', {
    ticket,
    by: z.string(),
  }),
  event('run.finished', 'The end, with the summary (`tickets-schema/summary.json`).', {
    exitCode: z.number(),
    summary: summarySchema,
  }),
]);

export type PublicEvent = z.infer<typeof publicEventSchema>;
