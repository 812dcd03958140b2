import { writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import type { Environment } from '../config/environment.js';
import type { Output } from './context.js';
import { exitCode } from './exit-code.js';

/**
 * Wraps stdout or stderr. A reader that went away (EPIPE) is no trouble of ours: what we do goes on in silence. Output that
 * is lost for another reason (a full disk) is told, and a call that would have ended with 0 ends with 70.
 */
export function openOutput(stream: WriteStream, environment: Environment): Output {
  let isClosed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    const isFirst = !isClosed;
    isClosed = true;
    if (error.code !== 'EPIPE' && isFirst) tellLoss(error);
  });
  const write = (text: string | Uint8Array) => {
    if (!isClosed) stream.write(text);
  };
  // Not a boolean when it is a pipe or a file, whatever the types say.
  const isTerminal = (stream as { isTTY?: boolean }).isTTY === true;
  return {
    write,
    line: (text) => write(`${text}\n`),
    isTerminal,
    hasColour:
      environment.colour === 'always' ||
      (environment.colour === 'terminal' && isTerminal && !environment.isDumbTerminal),
    columns: () => (isTerminal ? stream.columns : (environment.columns ?? 80)),
    rows: () => (isTerminal ? stream.rows : 24),
    isClosed: () => isClosed,
  };
}

function tellLoss({ message }: Error): void {
  // The command's own code comes later and would win if it were set now.
  process.once('exit', (code) => {
    if (code === exitCode.done) process.exitCode = exitCode.bug;
  });
  try {
    writeSync(2, `sage: its output cannot be written: ${message}\n`);
  } catch {
    // Standard error is as full; the exit code says it.
  }
}
