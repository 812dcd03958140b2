import { z } from 'zod';

/** What `sage clean` can let go of, one word for each. */
export const leftoverKinds = [
  'run files',
  'run record',
  'verdict',
  'kept ref',
  'depot ref',
  'branch',
  'lane',
  'scratch',
  'base pin',
] as const;

/** `sage clean --json`. */
export const cleaningSchema = z.object({
  version: z.literal(1),
  dryRun: z.boolean().describe('Nothing was changed: `freed` is what a call would free.'),
  bytes: z.object({
    before: z.int().describe('On the disk, in `.git/sage` and the lanes of this repository.'),
    freed: z.int(),
    objects: z.int().describe('Of those before: git objects, which are never removed.'),
  }),
  freed: z
    .array(
      z.object({
        kind: z.enum(leftoverKinds),
        name: z.string().describe('A path, or the name of a ref.'),
        bytes: z.int(),
        why: z.string(),
      }),
    )
    .describe('In the order in which it goes.'),
  kept: z.array(
    z.object({
      name: z.string().describe('A path, the name of a ref, or a ticket.'),
      bytes: z.int(),
      why: z.string(),
      command: z.string().exactOptional().describe('What brings it back, or on.'),
    }),
  ),
  notes: z.array(z.string()),
});

export type Cleaning = z.infer<typeof cleaningSchema>;
export type KeptThing = Cleaning['kept'][number];
export type LeftoverKind = (typeof leftoverKinds)[number];
