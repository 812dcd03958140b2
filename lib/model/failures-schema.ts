import { z } from 'zod';
import type { Failure } from './failure.js';
import type { FailureCode } from './failure-table.js';
import { placeSchema } from './place-schema.js';

/** Readers must accept codes that a later version adds, so they are not listed here but in docs/failures.md. */
const code = z.templateLiteral([z.string(), '/', z.string()]) as unknown as z.ZodType<FailureCode>;

/** The one failure shape as a schema. */
export const failureSchema: z.ZodType<Failure> = z
  .object({
    code,
    message: z.string().describe('What happened, with names.'),
    hint: z.string().exactOptional().describe('What to do next.'),
    retryable: z.boolean().exactOptional(),
    where: placeSchema.exactOptional(),
    evidence: z.string().exactOptional(),
    get cause(): z.ZodExactOptional<z.ZodType<Failure>> {
      return failureSchema.exactOptional();
    },
  })
  .meta({ id: 'Failure' });

/** What a command with `--json` prints on stdout when it could not begin. */
export const failuresSchema = z.object({ version: z.literal(1), failures: z.array(failureSchema) });
