import { z } from 'zod';

/** Where the keys of a pool come from; exactly one of these is said. */
const credentialSource = z.strictObject({
  environment: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Names of variables of your environment, one key in each.'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe('A file with one key a line, absolute or from the top of the checkout.'),
  command: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Program and arguments that print one key a line.'),
});

/** The keys that an agent takes turns with. */
export const credentialPool = z
  .strictObject({
    variable: z.string().min(1).describe('The variable in which the agent finds its key.'),
    from: credentialSource,
    maxConcurrent: z.int().min(1).default(1).describe('How many attempts may use one key at once.'),
    perMinute: z
      .int()
      .min(1)
      .optional()
      .describe('How often an agent may be started with one key in a minute.'),
    waitMinutes: z
      .number()
      .positive()
      .default(30)
      .describe('How long a ticket waits for a key before it goes back into the queue.'),
  })
  .describe('Keys of an agent; each attempt gets one of them.');

export type CredentialSettings = z.infer<typeof credentialPool>;
