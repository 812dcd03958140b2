import { execFile } from 'node:child_process';
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

async function isExecutable(place: string): Promise<boolean> {
  try {
    await access(place, constants.X_OK);
    return (await stat(place)).isFile();
  } catch {
    return false;
  }
}

const ANSWER_LIMIT_MS = 10_000;

/** The first line that `FILE --version` prints; nothing when it fails or takes longer than ten seconds. */
export function versionOf(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const options = { env, timeout: ANSWER_LIMIT_MS, killSignal: 'SIGKILL' } as const;
  return new Promise((settle) => {
    const child = execFile(file, ['--version'], options, (error, stdout) => {
      settle(error === null ? (stdout.split('\n')[0] ?? '').trim() : undefined);
    });
    child.stdin?.end();
  });
}
