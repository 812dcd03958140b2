import { z } from 'zod';

/** {@link Place} as a schema. */
export const placeSchema = z.object({
  file: z.string(),
  line: z.int().min(1).exactOptional(),
  column: z.int().min(1).exactOptional().describe('In UTF-16 code units.'),
});
