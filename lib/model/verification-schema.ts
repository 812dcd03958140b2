import { z } from 'zod';

/** What can be wrong about a run's claims, one word for each kind. */
export const contradictionKinds = [
  'journal-damaged',
  'journal-impossible',
  'summary-differs',
  'branch-missing',
  'branch-differs',
  'commit-unannounced',
  'commit-missing',
  'commit-misplaced',
  'trailer-forged',
  'tree-unverified',
  'log-missing',
  'log-changed',
  'change-undeclared',
  'target-lacks-it',
  'state-differs',
  'checkout-reverted',
] as const;

/** `sage verify-run --json`. */
export const verificationSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  branch: z.string(),
  isFinished: z.boolean().describe('False: only what landed so far was looked at.'),
  agrees: z.boolean(),
  checked: z
    .object({
      records: z.int().describe('Records of the journal.'),
      tickets: z.int().describe('Tickets that it says landed.'),
      commits: z.int().describe("Commits on the run's branch."),
      trees: z.int().describe('Trees that had to be verified and were.'),
      logs: z.int().describe('Logs of checks that were hashed again.'),
      states: z.int().describe('Ticket states compared with the index.'),
    })
    .describe('How much was looked at, so that "agrees" says something.'),
  contradictions: z.array(
    z.object({
      kind: z.enum(contradictionKinds),
      ticket: z.string().exactOptional(),
      message: z.string(),
    }),
  ),
  notes: z.array(z.string()).describe('Worth knowing, and no contradiction.'),
});

export type Verification = z.infer<typeof verificationSchema>;
export type Contradiction = Verification['contradictions'][number];
