import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top of sage's own sources. */
export const home = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls the built program in a folder, with a scrubbed environment and `variables`. */
export function sage(
  cwd: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const env = { PATH: process.env['PATH'], HOME: cwd, ...variables };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(home, 'bin/sage'), ...args],
      { cwd, env, timeout: 30_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
