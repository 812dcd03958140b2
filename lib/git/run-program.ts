import { spawn, type ChildProcess } from 'node:child_process';
import { isUsedUp, patiently, PATIENCE_MS } from '../process/patience.js';

/** What a program answered; `code` −1: it could not be started (`error` says why), or a signal ended it. */
export interface ProgramAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly error?: string;
  /** What ended it, if a signal did. */
  readonly signal?: NodeJS.Signals;
}

export interface ProgramCall {
  readonly cwd?: string;
  /** All that it sees of an environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

/** More than this is not taken from a program; it is ended then. */
const MOST_BYTES = 1024 ** 3;

/**
 * Runs a program to its end with everything it prints in memory; never rejects. It gets a session of its own: a Ctrl-C
 * of the terminal asks us to finish in order, and must not cut it short. Where the machine has no process left it waits
 * for one. For short calls of which nothing outlives us; agents and checks are run by process/.
 */
export function runProgram(
  file: string,
  args: readonly string[],
  call: ProgramCall,
): Promise<ProgramAnswer> {
  return patiently(
    () => runOnce(file, args, call),
    ({ error }) => error !== undefined && isUsedUp(error),
    PATIENCE_MS,
  );
}

function runOnce(
  file: string,
  args: readonly string[],
  { cwd, env, input }: ProgramCall,
): Promise<ProgramAnswer> {
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let error: string | undefined;
    let bytes = 0;
    const end = (code: number, signal?: NodeJS.Signals | null) => {
      resolve({
        code,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
        ...(error === undefined ? {} : { error }),
        ...(signal ? { signal } : {}),
      });
    };
    try {
      const child = spawn(file, args, {
        ...(cwd === undefined ? {} : { cwd }),
        env,
        detached: true,
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      const take = (into: Buffer[]) => (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MOST_BYTES) into.push(chunk);
        else if (error === undefined) {
          error = `${file} printed more than ${MOST_BYTES} bytes`;
          child.kill('SIGKILL');
        }
      };
      child.stdout?.on('data', take(stdout));
      child.stderr?.on('data', take(stderr));
      child.on('error', ({ message }) => (error ??= message));
      child.on('close', (code, signal) => end(error === undefined ? (code ?? -1) : -1, signal));
      // A program that ends without reading all of its input is no fault of ours; its code tells.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    } catch (thrown) {
      error = String(thrown);
      end(-1);
    }
  });
}

/** Starts a program that is talked to for long, in a session of its own, too; what it says as errors is lost. May throw. */
export function openProgram(
  file: string,
  args: readonly string[],
  { cwd, env }: Pick<ProgramCall, 'cwd' | 'env'>,
): ChildProcess {
  return spawn(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}
