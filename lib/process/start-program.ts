import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { findProgram, isExecutable } from './find-program.js';
import { limitMarking } from './limit-mark.js';
import { isUsedUp, patiently, PATIENCE_MS } from './patience.js';
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
 * Starts a program in a session of its own, with exactly the environment that was given and its marker, there and as a
 * limit where that works, and hands it its input. The caller must read its outputs at once.
 */
export function startProgram(spec: ProcessSpec): Promise<Started> {
  return patiently(
    () => startOnce(spec),
    (started) => !started.ok && isUsedUp(started.message) && spec.cancel?.aborted !== true,
    spec.isPatient ? PATIENCE_MS : 0,
  );
}

async function startOnce(spec: ProcessSpec): Promise<Started> {
  const marking = await limitMarking();
  const asked = await withNiceness(spec);
  // One that cannot be started is left to the system's own call, which says why.
  const [file, args] =
    marking && (await isStartable({ ...spec, file: asked[0] }))
      ? marking.wrap(spec.marker, ...asked)
      : asked;
  const program = execa(file, args, {
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

/**
 * Set before the program runs, since its own children would be too fast for us: `nice` becomes the program. Where there
 * is none it runs as we do.
 */
async function withNiceness({ niceness, file, args, cwd, env }: ProcessSpec) {
  const path = env['PATH'] ?? '/usr/bin:/bin';
  const isNice = niceness !== undefined && (await findProgram('nice', path, cwd)) !== undefined;
  return isNice
    ? (['nice', ['-n', String(niceness), file, ...args]] as const)
    : ([file, args] as const);
}

/** Whether it is there, with the interpreter that its first line names. */
async function isStartable({ file, cwd, env }: ProcessSpec): Promise<boolean> {
  const place = await findProgram(file, env['PATH'] ?? '/usr/bin:/bin', cwd);
  if (place === undefined) return false;
  const interpreter = /^#![ \t]*(\S+)/.exec(await beginning(place))?.[1];
  return interpreter === undefined || isExecutable(resolve(cwd, interpreter));
}

async function beginning(file: string): Promise<string> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch {
    // One that may be executed but not read.
    return '';
  }
}
