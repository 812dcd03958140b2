import { execFile } from 'node:child_process';
import { failed, success, type Result } from '../model/failure.js';

const ANSWER_LIMIT_MS = 10_000;

/** Whether a CLI answers: the first line that `FILE --version` prints; a failure when it fails or takes longer than ten seconds. */
export async function probeVersion(
  file: string,
  variables: Readonly<Record<string, string>>,
): Promise<Result<{ readonly version: string }>> {
  const version = await versionOf(file, variables);
  if (version !== undefined) return success({ version });
  return failed({
    code: 'agent/not-answering',
    message: `\`${file} --version\` fails`,
    hint: 'Call it yourself and read what it says, or name another agent with `--agent`.',
  });
}

function versionOf(
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
