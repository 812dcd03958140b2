import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { LineSplitter } from './line-splitter.js';
import type { OutputLog } from './output-log.js';
import { OutputTail } from './output-tail.js';
import type { Redaction } from './redact.js';
import type { Program } from './start-program.js';

/** How long an output that no known process can be writing to may stay open and quiet, and open at all. */
const QUIET_MS = 250;
const OPEN_MS = 2_000;

interface Listeners {
  /** Something was printed. */
  readonly heard: () => void;
  readonly onLine?: (line: string) => void;
  readonly onErrorLine?: (line: string) => void;
}

/** Both outputs on their way into the log. */
export interface OutputPump {
  /** To be called when the program's tree is dead: reads what is still in the pipes; returns the tail. */
  finish(): Promise<string>;
  /** Throws what a listener threw; the output was read to its end nevertheless. */
  rethrow(): void;
}

/**
 * Reads stdout and stderr, chunk by chunk in the order in which they come, into the log; a chunk is read when the one
 * before it is written, so that a fast program waits for our disk instead of filling our memory. Secrets are taken out
 * before anything else sees them.
 */
export function pumpOutput(
  program: Pick<Program, 'stdout' | 'stderr'>,
  log: OutputLog,
  { heard, onLine, onErrorLine }: Listeners,
  redaction?: Redaction,
): OutputPump {
  const tail = new OutputTail();
  const bugs: unknown[] = [];
  let chunks = 0;
  let writing = 0;

  const guard = (listen: () => void) => {
    try {
      listen();
    } catch (thrown) {
      bugs.push(thrown);
    }
  };

  const show = (bytes: Buffer, lines?: LineSplitter) => {
    tail.add(bytes);
    if (lines) guard(() => lines.add(bytes));
    return log.write(bytes);
  };

  const pump = async (stream: Readable, listen?: (line: string) => void) => {
    const lines = listen && new LineSplitter(listen);
    const redacted = redaction?.stream();
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        chunks += 1;
        writing += 1;
        heard();
        await show(redacted ? redacted.add(chunk) : chunk, lines);
        writing -= 1;
      }
    } catch {
      // The stream was destroyed by finish().
    }
    if (redacted) await show(redacted.end(), lines);
    if (lines) guard(() => lines.end());
  };

  const { stdout, stderr } = program;
  const pumped = Promise.all([pump(stdout, onLine), pump(stderr, onErrorLine)]);

  return {
    async finish() {
      const read = pumped.then(() => true);
      const until = performance.now() + OPEN_MS;
      for (let before = -1; performance.now() < until; before = chunks) {
        if (chunks === before && writing === 0) break;
        if (await Promise.race([read, sleep(QUIET_MS, false, { ref: false })])) break;
      }
      stdout.destroy();
      stderr.destroy();
      await pumped;
      return tail.text();
    },
    rethrow() {
      if (bugs.length > 0) throw bugs[0];
    },
  };
}
