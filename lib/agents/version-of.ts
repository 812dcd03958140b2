import { execFile } from 'node:child_process';

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
