import type { WriteStream } from 'node:tty';
import type { Environment } from '../config/environment.js';
import type { Output } from './context.js';

/** Wraps stdout or stderr. A reader that went away (EPIPE) is no trouble of ours: what we do goes on in silence. */
export function openOutput(stream: WriteStream, environment: Environment): Output {
  let isClosed = false;
  stream.on('error', () => {
    isClosed = true;
  });
  const write = (text: string) => {
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
    isClosed: () => isClosed,
  };
}
