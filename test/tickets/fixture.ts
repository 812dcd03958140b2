import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of an index in test/fixtures/tickets. Tests run with the package's root as working directory. */
export const fixture = (name: string) =>
  readFileSync(join(process.cwd(), 'test/fixtures/tickets', name), 'utf8');
