import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { Context } from '../context.js';

/**
 * Makes the call that the user made once more, with a word of ours, in a session of its own: neither the end of the shell
 * nor a signal to its process group reaches it there.
 */
export function callAgain(
  { cwd, environment }: Context,
  word: string,
  stdio: StdioOptions,
  leftOut?: RegExp,
): ChildProcess {
  const [, program = '', ...args] = process.argv;
  const others = args.filter((arg) => leftOut?.test(arg) !== true);
  return spawn(process.execPath, [...process.execArgv, program, ...others, word], {
    cwd,
    env: environment.variables,
    detached: true,
    stdio,
  });
}
