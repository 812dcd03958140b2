import { execa, type ResultPromise } from 'execa';
import type { ProcessSpec } from './process-spec.js';

/** A running program with both outputs as pipes of bytes. */
export type Program = ResultPromise<{ buffer: false; encoding: 'buffer'; reject: false }> & {
  readonly pid: number;
};

type Started =
  | { readonly ok: true; readonly program: Program }
  /** Why: no such program or folder, not executable, arguments too long, no process left. */
  | { readonly ok: false; readonly message: string };

/**
 * Starts a program in a session of its own, with exactly the environment that was given and its marker, and hands it
 * its input. The caller must read its outputs at once.
 */
export async function startProgram(spec: ProcessSpec): Promise<Started> {
  const program = execa(spec.file, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.env, SAGE_MARKER: spec.marker },
    extendEnv: false,
    detached: true,
    cleanup: false,
    forceKillAfterDelay: false,
    stdin: spec.input === undefined ? 'ignore' : 'pipe',
    buffer: false,
    encoding: 'buffer',
    reject: false,
  });
  if (program.pid === undefined) {
    const { originalMessage, shortMessage } = await program;
    return { ok: false, message: originalMessage ?? shortMessage ?? 'it could not be started' };
  }
  // A program may end, or close its input, without reading it (EPIPE): that is its own affair.
  program.stdin?.on('error', () => undefined);
  program.stdin?.end(spec.input);
  return { ok: true, program: program as Program };
}
