import { z } from 'zod';
import { agentCliNames } from './agent-cli.js';
import { modelTiers } from './model-choice.js';
import { alertKinds } from './alert.js';
import { credentialPool } from './credentials.js';

/** A command line for `sh -c`. */
const commandLine = z.string().min(1);
const noneOrCommands = z.union([z.literal('none'), z.array(commandLine).min(1)]);

const agentDefinition = z
  .strictObject({
    kind: z.enum(['command', ...agentCliNames]).describe('Which adapter speaks to it.'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Program and arguments; for kind command.'),
    prompt: z.enum(['stdin', 'file']).default('stdin').describe('How the prompt reaches it.'),
    model: z.string().optional().describe('Model name handed to the agent.'),
    environment: z
      .array(z.string())
      .default([])
      .describe('Names of further variables that it may see.'),
  })
  .describe('An agent of your own, usable by its name.');

const tier = z.enum(modelTiers);
const tierNames = z
  .strictObject({
    small: z.string().min(1).optional().describe('Model for easy tickets.'),
    medium: z.string().min(1).optional().describe('Model for those between.'),
    large: z.string().min(1).optional().describe('Model for hard tickets.'),
  })
  .describe('The models of an agent, by its name.');

const usd = z.number().min(0);
const modelPrice = z
  .strictObject({
    input: usd.describe('USD for a million tokens.'),
    output: usd.describe('USD for a million tokens.'),
    cacheRead: usd.optional().describe('USD for a million tokens; without it as input.'),
    cacheWrite: usd.optional().describe('USD for a million tokens; without it as input.'),
  })
  .describe("By the model's name, `*` for any text.");

/**
 * `.sage/config.yaml`. Every key is optional; the names are part of the product's contract.
 * The JSON Schema in `tickets-schema/config.json` is generated from this.
 */
export const configSchema = z.strictObject({
  agent: z
    .string()
    .optional()
    .describe(`Agent CLI (${agentCliNames.join(', ')}) or a name under agents.`),
  agents: z.record(z.string(), agentDefinition).default({}),
  credentials: z
    .record(z.string(), credentialPool)
    .default({})
    .describe('Pools of keys, by the name of the agent.'),
  parallel: z
    .union([z.int().min(0), z.literal('auto')])
    .default(0)
    .describe('As --parallel: 0 is sequential.'),
  schedule: z
    .enum(['rolling', 'batch'])
    .default('rolling')
    .describe('Start a ticket as soon as its dependencies landed, or batch by batch.'),
  order: z
    .enum(['slack', 'priority'])
    .default('slack')
    .describe('Among ready tickets: those without slack first, or P0 before P1.'),
  verify: noneOrCommands
    .optional()
    .describe('Checks every landed commit must pass: command lines, or none.'),
  setup: z
    .strictObject({
      copy: z.array(z.string()).default([]).describe('Files copied from the checkout into a lane.'),
      run: z.array(commandLine).default([]).describe('Command lines that make a lane usable.'),
    })
    .default({ copy: [], run: [] }),
  limits: z
    .strictObject({
      ticketMinutes: z
        .number()
        .positive()
        .default(60)
        .describe('An agent that works longer is stopped; its work is kept.'),
      silenceMinutes: z
        .number()
        .positive()
        .default(10)
        .describe('An agent that prints nothing for so long is stopped.'),
      maxCostUsd: z
        .number()
        .positive()
        .optional()
        .describe('Nothing starts that may pass it; an agent that does is stopped, its work kept.'),
      checkMinutes: z
        .number()
        .positive()
        .default(30)
        .describe('A check that takes longer counts as failed.'),
    })
    .default({ ticketMinutes: 60, silenceMinutes: 10, checkMinutes: 30 }),
  conflicts: z
    .strictObject({
      running: z
        .enum(['prefer', 'exclude', 'ignore'])
        .default('prefer')
        .describe(
          "Tickets that declare a running one's files: started last, not at all, or like any other.",
        ),
      attempts: z
        .int()
        .min(0)
        .max(10)
        .default(1)
        .describe('How often a ticket is given to the agent again after a conflict.'),
    })
    .default({ running: 'prefer', attempts: 1 }),
  retry: z
    .strictObject({
      on: z
        .array(z.enum(['rate_limit']))
        .default([])
        .describe('What a ticket is tried again for by itself: nothing, or rate_limit.'),
      attempts: z
        .int()
        .min(1)
        .max(10)
        .default(2)
        .describe('How often a ticket is tried again for that.'),
    })
    .default({ on: [], attempts: 2 }),
  land: z
    .strictObject({
      commits: z
        .enum(['squash', 'keep'])
        .default('squash')
        .describe("One commit a ticket, or the agent's own."),
      verify: z
        .enum(['each', 'tips'])
        .default('each')
        .describe('Verify each commit that lands, or each tip that is published.'),
      slots: z
        .int()
        .min(1)
        .max(16)
        .optional()
        .describe('Verifications at once; without it half the CPUs, at most 4.'),
    })
    .default({ commits: 'squash', verify: 'each' }),
  hierarchy: z
    .enum(['containers', 'literal'])
    .default('containers')
    .describe('What tickets with children are.'),
  isolation: z
    .enum(['ticket', 'epic'])
    .default('ticket')
    .describe(
      'epic: tickets of an epic are worked on one after another, in a lane of its own, and land together or not at all.',
    ),
  retention: z
    .strictObject({
      logs: z
        .strictObject({
          days: z
            .number()
            .min(0)
            .default(14)
            .describe('Logs, transcripts and lanes stay so long after they were of use.'),
          runs: z
            .int()
            .min(0)
            .default(0)
            .describe('Logs and transcripts of so many newest runs stay, however old.'),
        })
        .default({ days: 14, runs: 0 }),
      records: z
        .strictObject({
          days: z
            .number()
            .min(0)
            .optional()
            .describe('Journals and summaries of runs stay so long; absent: for good.'),
          runs: z
            .int()
            .min(1)
            .default(1)
            .describe('Journals and summaries of so many newest runs stay, however old.'),
        })
        .default({ runs: 1 }),
    })
    .default({ logs: { days: 14, runs: 0 }, records: { runs: 1 } })
    .describe('What `sage clean` leaves by default.'),
  notify: z
    .strictObject({
      command: commandLine
        .optional()
        .describe('Command line that calls you; what it is about is in its environment.'),
      bell: z.boolean().default(true).describe("Ring the terminal's bell."),
      on: z
        .array(z.enum(alertKinds))
        .default([...alertKinds])
        .describe('What you are called for.'),
    })
    .default({ bell: true, on: [...alertKinds] }),
  models: z
    .strictObject({
      choose: z
        .enum(['fixed', 'tier'])
        .default('fixed')
        .describe("fixed: the agent's own model. tier: for each ticket by what it says."),
      tiers: z.record(z.string(), tierNames).default({}),
      priorities: z
        .partialRecord(z.enum(['P0', 'P1', 'P2', 'P3', 'P4']), tier)
        .default({})
        .describe('Tiers by priority, such as `P0: large`.'),
      types: z
        .record(z.string(), tier)
        .default({})
        .describe("Tiers by a word in the ticket's type, such as `docs: small`."),
    })
    .default({ choose: 'fixed', tiers: {}, priorities: {}, types: {} }),
  prices: z
    .strictObject({
      dated: z
        .string()
        .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day, such as 2026-11-01')
        .optional()
        .describe('The day on which these prices held.'),
      models: z.record(z.string(), modelPrice).default({}),
    })
    .default({ models: {} }),
  requirements: z
    .strictObject({
      issues: z
        .string()
        .min(1)
        .default('.sage/issues')
        .describe('Folder of issue files, from the top of the checkout.'),
      api: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe(
          'Instead of the folder: where an API as GitHub has it lists issues, such as `https://api.github.com/repos/OWNER/NAME`.',
        ),
      token: z
        .strictObject({
          environment: z.string().min(1).optional().describe('Name of a variable that holds it.'),
          command: z
            .array(z.string().min(1))
            .min(1)
            .optional()
            .describe('Program and arguments that print it.'),
        })
        .optional()
        .describe('Where the token for that API comes from.'),
      output: z
        .string()
        .min(1)
        .default('docs/lld/LLD-{issue}.md')
        .describe('The document of an issue; `{issue}` stands for its number.'),
    })
    .default({ issues: '.sage/issues', output: 'docs/lld/LLD-{issue}.md' })
    .describe('What `sage requirements` works on.'),
  implement: z
    .strictObject({
      llds: z
        .string()
        .min(1)
        .default('docs/lld')
        .describe('Folder of design documents, from the top of the checkout.'),
    })
    .default({ llds: 'docs/lld' })
    .describe('What `sage implement` works on.'),
  access: z.enum(['edits', 'full']).default('edits').describe('What agents may do without asking.'),
});

export type Config = z.infer<typeof configSchema>;
export type AgentDefinition = z.infer<typeof agentDefinition>;

/** Where a configured value came from. */
export type ConfigOrigin = 'flag' | 'environment' | 'file' | 'default';
