import { execa } from 'execa';

/** What a program printed, or why there is nothing, in words without anything that it printed. */
export type ProgramReply =
  { readonly ok: true; readonly stdout: string } | { readonly ok: false; readonly why: string };

const MOST_BYTES = 1024 * 1024;

/**
 * Runs a short program of the user's and keeps what it prints in memory alone: it may be a secret. It has no terminal to
 * ask on, and is ended with its group when it takes too long.
 */
export async function askProgram(
  [file = '', ...args]: readonly string[],
  call: {
    /** Absent: ours. */
    readonly cwd?: string;
    readonly env: Readonly<Record<string, string>>;
    readonly limitMs: number;
  },
): Promise<ProgramReply> {
  const program = execa(file, args, {
    ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
    env: call.env,
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    detached: true,
    cleanup: false,
    reject: false,
    maxBuffer: MOST_BYTES,
    stripFinalNewline: false,
  });
  const { pid } = program;
  const late = new AbortController();
  const limit = setTimeout(() => {
    late.abort();
    endGroup(pid);
    // What it left elsewhere may hold its output open.
    program.stdout.destroy();
  }, call.limitMs);
  const end = await program;
  clearTimeout(limit);
  endGroup(pid);
  if (late.signal.aborted)
    return { ok: false, why: `did not end within ${call.limitMs / 1_000} seconds` };
  if (end.isMaxBuffer) return { ok: false, why: 'printed more than 1 MiB' };
  if (end.signal !== undefined) return { ok: false, why: `was ended by ${end.signal}` };
  if (end.exitCode === undefined) return { ok: false, why: `could not be started (${end.code})` };
  if (end.exitCode !== 0) return { ok: false, why: `ended with code ${end.exitCode}` };
  return { ok: true, stdout: end.stdout };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
