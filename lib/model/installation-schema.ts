import { z } from 'zod';

/** The agent shells that get commands of ours. */
export const agentShells = ['claude', 'codex', 'gemini', 'opencode'] as const;

export type AgentShell = (typeof agentShells)[number];

/** `sage install --json`. */
export const installationSchema = z.object({
  version: z.literal(1),
  dryRun: z.boolean().describe('Nothing was changed: it is what a call would do.'),
  verb: z.enum(['install', 'remove']),
  scope: z.enum(['user', 'project']),
  shells: z.array(
    z.object({
      shell: z.enum(agentShells),
      typed: z.array(z.string()).describe('What its user types, once it is installed.'),
      files: z.array(
        z.object({
          path: z.string(),
          action: z.enum(['write', 'replace', 'remove', 'none']),
          bytes: z.int(),
          text: z.string().exactOptional().describe('What is written; with `--dry-run` alone.'),
        }),
      ),
      calls: z
        .array(z.array(z.string()))
        .describe("Command lines of the shell's own program that do it, as words."),
    }),
  ),
});

export type Installation = z.infer<typeof installationSchema>;
