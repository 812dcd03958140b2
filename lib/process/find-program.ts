import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

/** Where a program lies, as a shell finds it; a name with a slash is a path from `root`. */
export async function findProgram(
  program: string,
  path: string,
  root: string,
): Promise<string | undefined> {
  const places = program.includes('/')
    ? [resolve(root, program)]
    : path.split(delimiter).map((folder) => resolve(root, join(folder || '.', program)));
  for (const place of places) if (await isExecutable(place)) return place;
  return undefined;
}

/** Whether it is a file that we may execute. */
export async function isExecutable(place: string): Promise<boolean> {
  try {
    await access(place, constants.X_OK);
    return (await stat(place)).isFile();
  } catch {
    return false;
  }
}
