import { z } from 'zod';

/** A command line for `sh -c`. */
const commandLine = z.string().min(1);
const noneOrCommands = z.union([z.literal('none'), z.array(commandLine).min(1)]);

const agentDefinition = z
  .strictObject({
    kind: z.enum(['command', 'claude']).describe('Which adapter speaks to it.'),
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

/**
 * `.sage/config.yaml`. Every key is optional; the names are part of the product's contract.
 * The JSON Schema in `tickets-schema/config.json` is generated from this.
 */
export const configSchema = z.strictObject({
  agent: z.string().optional().describe('Adapter (claude, command) or a name under agents.'),
  agents: z.record(z.string(), agentDefinition).default({}),
  parallel: z
    .union([z.int().min(0), z.literal('auto')])
    .default(0)
    .describe('As --parallel: 0 is sequential.'),
  schedule: z.enum(['rolling', 'batch']).default('rolling'),
  order: z.enum(['slack', 'priority']).default('slack'),
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
      ticketMinutes: z.number().positive().default(60),
      silenceMinutes: z.number().positive().default(10),
      maxCostUsd: z.number().positive().optional(),
      checkMinutes: z.number().positive().default(30),
    })
    .default({ ticketMinutes: 60, silenceMinutes: 10, checkMinutes: 30 }),
  conflicts: z
    .strictObject({
      running: z.enum(['prefer', 'exclude', 'ignore']).default('prefer'),
      attempts: z.int().min(0).max(10).default(1),
    })
    .default({ running: 'prefer', attempts: 1 }),
  land: z
    .strictObject({ commits: z.enum(['squash', 'keep']).default('squash') })
    .default({ commits: 'squash' }),
  hierarchy: z.enum(['containers', 'literal']).default('containers'),
  access: z.enum(['edits', 'full']).default('edits'),
});

export type Config = z.infer<typeof configSchema>;
export type AgentDefinition = z.infer<typeof agentDefinition>;

/** Where a configured value came from. */
export type ConfigOrigin = 'flag' | 'environment' | 'file' | 'default';
