import { z } from 'zod';

/** `sage explain CODE --json`. */
export const failureEntriesSchema = z.array(
  z.object({ code: z.string(), means: z.string(), wayOut: z.string() }),
);

/** `sage rescue ID --json`. */
export const rescueSchema = z.object({
  version: z.literal(1),
  ticket: z.string(),
  run: z.string(),
  attempt: z.int(),
  branch: z.string().describe('The branch that now holds the kept work.'),
  commit: z.string(),
  files: z.array(z.string()).describe('Paths that the work changes, at most 1,000.'),
});

/** `sage rescue --list --json`. */
export const keptListSchema = z.object({
  version: z.literal(1),
  kept: z.array(
    z.object({
      ticket: z.string(),
      run: z.string(),
      attempt: z.int(),
      commit: z.string(),
      why: z.string().exactOptional().describe('Why it did not land.'),
      attempts: z
        .array(z.int())
        .describe('All attempts of that run of which work is kept: `--attempt N`.'),
    }),
  ),
  others: z
    .array(
      z.object({
        name: z.string().describe('The name of a ref in the vault, or a path.'),
        commit: z.string().exactOptional(),
        what: z.string(),
        command: z.string().describe('What restores it.'),
      }),
    )
    .describe('What agents left beside the work of their tickets.'),
});

/** `sage deliver --json`. */
export const deliverySchema = z.object({
  version: z.literal(1),
  run: z.string().exactOptional().describe('Absent: no run has anything to deliver.'),
  branch: z.string().exactOptional(),
  target: z.string(),
  how: z.enum(['forwarded', 'left', 'nothing']),
  why: z.string(),
  command: z.string().exactOptional().describe('The one command that finishes it, when left.'),
});

/** `sage salvage --json`. */
export const salvageSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  branch: z.string(),
  target: z.string(),
  landed: z.array(z.object({ id: z.string(), commit: z.string() })),
  reset: z.array(z.string()).describe('Tickets that were IN_PROGRESS and are UNPROCESSED again.'),
  notes: z.array(z.string()),
});

/** `sage stop`, `pause`, `cancel` and, for a run that lives, `resume` with `--json`. */
export const controlSchema = z.object({
  version: z.literal(1),
  verb: z.enum(['stop', 'pause', 'resume', 'cancel']),
  run: z.string().exactOptional().describe('Absent: no run is going on here.'),
  agents: z.int().describe('Agents that were ended (cancel), or that go on to their end.'),
  tickets: z.array(z.string()).describe('Tickets that were named.'),
});

/** `sage stream --auto --detach --json`. */
export const begunSchema = z.object({
  version: z.literal(1),
  run: z.string(),
  pid: z.int(),
  branch: z.string(),
  target: z.string(),
  tickets: z.int(),
  slots: z.int(),
  isResumed: z.boolean().describe('A run that was interrupted goes on; nothing new began.'),
  output: z.string().describe('The file that its output goes to.'),
});

/** `sage retry ID… --json`. */
export const retrySchema = z.object({
  version: z.literal(1),
  run: z
    .string()
    .exactOptional()
    .describe('The living run that tries them again; absent: the next.'),
  next: z
    .array(z.string())
    .exactOptional()
    .describe('The calls that take them up; absent: the living run does.'),
  tickets: z.array(
    z.object({
      id: z.string(),
      wasOpen: z.boolean().describe('It was UNPROCESSED already: the next run takes it anyway.'),
      kept: z.string().exactOptional().describe('Ref of the newest work that is kept of it.'),
    }),
  ),
});

/** `sage accept --json`. */
export const acceptanceSchema = z.object({
  version: z.literal(1),
  tickets: z.array(
    z.object({
      id: z.string().describe('Of the ticket in the index.'),
      report: z.string().describe('The follow-up that it was made of.'),
      title: z.string(),
      wasThere: z.boolean().describe('An earlier call had made it already.'),
    }),
  ),
  open: z
    .array(z.object({ report: z.string(), ticket: z.string(), title: z.string() }))
    .exactOptional()
    .describe('Without numbers and `--all`: follow-ups that are neither tickets nor dismissed.'),
});

/** `sage dismiss --json`. */
export const dismissalSchema = z.object({
  version: z.literal(1),
  dismissed: z.array(
    z.object({
      report: z.string().describe('The follow-up.'),
      ticket: z.string().describe('Whose agent told it.'),
      title: z.string(),
      wasDismissed: z.boolean().describe('An earlier call had done it already; its reason stands.'),
    }),
  ),
});

/** `sage config --json`. */
export const settingsSchema = z.object({
  version: z.literal(1),
  settings: z.array(
    z.object({
      key: z.string(),
      value: z.unknown().optional().describe('Absent: it is not set and has no default.'),
      origin: z.enum(['flag', 'environment', 'file', 'default']),
      where: z
        .string()
        .exactOptional()
        .describe('The flag, the variable, or the file with line: `.sage/config.yaml:3`.'),
    }),
  ),
});

export type Dismissal = z.infer<typeof dismissalSchema>;
export type Acceptance = z.infer<typeof acceptanceSchema>;
export type SettingList = z.infer<typeof settingsSchema>;
export type RetryAnswer = z.infer<typeof retrySchema>;
export type Begun = z.infer<typeof begunSchema>;
export type KeptList = z.infer<typeof keptListSchema>;
export type Rescue = z.infer<typeof rescueSchema>;
export type Salvage = z.infer<typeof salvageSchema>;
export type ControlAnswer = z.infer<typeof controlSchema>;
