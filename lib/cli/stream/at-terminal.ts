import type { Context } from '../context.js';

/** Whether somebody sits here who can be asked: reads what we write, and types. */
export function isAtTerminal({ stdout, environment }: Context): boolean {
  // Not a boolean when it is a pipe or a file, whatever the types say.
  const hasKeys = (process.stdin as { isTTY?: boolean }).isTTY === true;
  return hasKeys && stdout.isTerminal && !environment.isCi;
}
