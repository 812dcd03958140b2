import { failed, success, type Result } from '../model/failure.js';
import { askProgram } from '../process/ask-program.js';

const ANSWER_LIMIT_MS = 10_000;

/** Whether a CLI answers: the first line that `FILE --version` prints; a failure when it fails or takes longer than ten seconds. */
export async function probeVersion(
  file: string,
  variables: Readonly<Record<string, string>>,
): Promise<Result<{ readonly version: string }>> {
  const told = await askProgram([file, '--version'], { env: variables, limitMs: ANSWER_LIMIT_MS });
  if (told.ok) return success({ version: (told.stdout.split('\n')[0] ?? '').trim() });
  return failed({
    code: 'agent/not-answering',
    message: `\`${file} --version\` ${told.why}`,
    hint: 'Call it yourself and read what it says, or name another agent with `--agent`.',
  });
}
