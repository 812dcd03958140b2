import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Real indexes stay outside the repository; `node scripts/test.mjs --real-data` with SAGE_REAL_DATA set runs this. */
const folder = process.env['SAGE_REAL_DATA'];
if (folder === undefined) throw new Error('set SAGE_REAL_DATA to the folder that holds tickets/');

interface Listed {
  readonly file: string;
  readonly tickets: number;
  readonly states: Readonly<Record<string, number>>;
}

/** The bytes of a real index. */
export const readBytes = (file: string) => readFileSync(join(folder, 'tickets', file));

/** Its text. */
export const read = (file: string) => readBytes(file).toString('utf8');

/** All of them, with what is known of each. */
export const listed = (JSON.parse(read('MANIFEST.json')) as { files: readonly Listed[] }).files;
