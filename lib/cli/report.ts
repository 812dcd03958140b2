import type { Failure } from '../model/failure.js';
import type { Context } from './context.js';

/** Failures that end a command: for people on stderr; with `--json` also as one line on stdout. */
export async function reportFailures(
  failures: readonly Failure[],
  context: Context,
  asJson: boolean,
): Promise<void> {
  const { failuresText } = await import('../show/diagnostics-text.js');
  context.stderr.line(failuresText(failures, context.stderr));
  if (asJson) context.stdout.line(JSON.stringify({ version: 1, failures }));
}

/** An exception is a bug of ours: said calmly, with the stack as evidence. */
export async function reportBug(error: unknown, context: Context): Promise<void> {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const failure: Failure = {
    code: 'internal/bug',
    message: `sage ${context.version} made a mistake and stopped.`,
    hint: 'What landed stays landed, and kept work is kept. Please report this with the lines below.',
    evidence: stack.slice(0, 4_000),
  };
  await reportFailures([failure], context, false);
}
